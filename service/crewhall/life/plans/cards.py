"""What a plan looks like to those who can say yes: one card, and its later words."""

from collections.abc import Iterable
from typing import Final

from crewhall.ground.container import called, targets
from crewhall.ground.effects import RoomPart, minus, toll
from crewhall.ground.guard import Concern
from crewhall.ground.hall import Hall
from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.talk import Card, PersonLink, RoomLink, Say, Sentence
from crewhall.life.plans.shown import Shown

ASK: Final = "plans.ask"
YES: Final = "✅"
LATER: Final = "✋"
_MOST_NAMED: Final = 10


def card_of(hall: Hall, shown: Shown) -> Card:
    """Return the card by which a plan is allowed or put off."""
    return Card(ASK, f"{hall.key}/plan/{shown.mark}", (YES, LATER))


def tell(hall: Hall, shown: Shown, *, must: bool = False) -> tuple[Say, ...]:
    """Show the plan, or bring its card to what holds now."""
    return tuple(
        Say(to, words(hall, shown), must, card=card_of(hall, shown))
        for to in targets(hall, shown.place, shown.asked)
    )


def remind(hall: Hall, shown: Shown) -> tuple[Say, ...]:
    """Say once more, in a message of its own, that the plan waits."""
    text = Sentence("plans-reminder", {"community": hall.charter.name, "since": shown.since})
    return tuple(Say(to, text, must=True) for to in targets(hall, shown.place, shown.asked))


def words(hall: Hall, shown: Shown) -> Sentence:
    """Return the card's words."""
    community, by = hall.charter.name, PersonLink(shown.by) if shown.by is not None else ""
    done = minus(shown.parts, shown.left)
    match shown.state:
        case "waits":
            return Sentence("plans-card", {"community": community, "lines": _lines(hall, shown)})
        case "allowed":
            lines = told(hall, shown.parts)
            return Sentence("plans-card-allowed", {"community": community, "by": by, "lines": lines})
        case "put off":
            lines = told(hall, shown.parts)
            return Sentence("plans-card-put-off", {"community": community, "by": by, "lines": lines})
        case "done" if shown.left:
            lines, left = told(hall, done), told(hall, shown.left)
            return Sentence(
                "plans-card-part", {"community": community, "by": by, "lines": lines, "left": left}
            )
        case "done":
            lines = told(hall, done)
            return Sentence("plans-card-done", {"community": community, "by": by, "lines": lines})
        case "gone":
            return Sentence("plans-card-gone", {"community": community})


def told(hall: Hall, parts: Iterable[RoomPart]) -> tuple[Sentence, ...]:
    """Return what a plan does, as a short table: how many first, then who and where."""
    parts = tuple(parts)
    found = toll(parts)
    lines = [
        Sentence(
            "plans-counts",
            {
                "invited": len(found.invited),
                "down": len(found.lowered),
                "removed": len(found.removed),
                "levels": found.levels,
                "made": len(found.made),
            },
        )
    ]
    if found.invited:
        lines.append(Sentence("plans-invited", {"people": _people(found.invited)}))
    if found.lowered:
        lines.append(Sentence("plans-lowered", {"people": _people(found.lowered)}))
    if found.removed:
        lines.append(Sentence("plans-removed", {"people": _people(found.removed)}))
    if found.raised:
        lines.append(Sentence("plans-raised", {"people": _people(found.raised)}))
    if found.where:
        lines.append(Sentence("plans-where", {"rooms": _rooms(hall, found.where)}))
    if found.made:
        lines.append(Sentence("plans-made", {"rooms": _rooms(hall, found.made)}))
    if found.closed:
        lines.append(Sentence("plans-closed", {"rooms": _rooms(hall, found.closed)}))
    if found.settings:
        lines.append(Sentence("plans-settings", {"rooms": _rooms(hall, found.settings)}))
    return tuple(lines)


def _lines(hall: Hall, shown: Shown) -> tuple[Sentence, ...]:
    because = tuple(_because(hall, concern) for concern in shown.concerns[:_MOST_NAMED])
    return (
        *told(hall, shown.parts),
        *because,
        Sentence("plans-how"),
        Sentence("plans-fingerprint", {"fingerprint": shown.fingerprint}),
    )


def _because(hall: Hall, concern: Concern) -> Sentence:
    count, of = concern.count, concern.of
    room = RoomLink(concern.room, called(hall, concern.room)) if concern.room else ""
    match concern.kind:
        case "removals":
            return Sentence("plans-because-removals", {"count": count, "of": of})
        case "steps" | "stale":
            return Sentence("plans-because-steps", {"count": count, "of": of})
        case "people":
            return Sentence("plans-because-people", {"count": count, "of": of})
        case "share":
            return Sentence("plans-because-share", {"count": count, "of": of, "room": room})
        case "key":
            return Sentence("plans-because-key", {"room": room})


def _people(people: tuple[UserId, ...]) -> tuple[PersonLink | Sentence, ...]:
    named = tuple(PersonLink(person) for person in people[:_MOST_NAMED])
    more = len(people) - len(named)
    return (*named, Sentence("plans-more", {"count": more})) if more else named


def _rooms(hall: Hall, keys: tuple[RoomKey, ...]) -> tuple[RoomLink | Sentence, ...]:
    named = tuple(RoomLink(key, called(hall, key)) for key in keys[:_MOST_NAMED])
    more = len(keys) - len(named)
    return (*named, Sentence("plans-more", {"count": more})) if more else named
