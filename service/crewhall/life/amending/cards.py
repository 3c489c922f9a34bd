"""What is shown of a proposed change: a card for those who decide, with the difference; its last words."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.difference import Rehearsal
from crewhall.ground.groups import KEYHOLDERS
from crewhall.ground.hall import ANYONE, Hall
from crewhall.ground.ids import RoomKey, RungKey, UserId
from crewhall.ground.ladder import keys, listening
from crewhall.ground.talk import Card, PersonLink, Say, Sentence, ToPerson, ToRoom
from crewhall.life.amending.change import Change
from crewhall.life.amending.meaning import MOST, in_lines, meant
from crewhall.life.amending.verdict import deciders, standing

ASK: Final = "amending.ask"
YES: Final = "✅"
NO: Final = "✋"


def card_of(hall: Hall, change: Change) -> Card:
    """Return the card by which people say yes, or object."""
    return Card(ASK, f"{hall.key}/changes/{change.mark}", (YES,) if change.alone else (YES, NO))


def tell(
    rehearse: Rehearsal, hall: Hall, change: Change, now: datetime, *, must: bool = False
) -> tuple[Say, ...]:
    """Put the change before those who decide, or bring its card to what holds now."""
    return _say(hall, change, _open(rehearse, hall, change, now), must=must)


def ended(hall: Hall, change: Change, how: str) -> tuple[Say, ...]:
    """Return the card's last words."""
    by, lines = PersonLink(change.by), in_lines(hall.charter, change.charter)
    match how:
        case "passed":
            text = Sentence("amend-card-passed", {"by": by, "lines": lines})
        case "withdrawn":
            text = Sentence("amend-card-withdrawn", {"by": by, "lines": lines})
        case "overtaken":
            text = Sentence("amend-card-overtaken", {"by": by})
        case _:
            text = Sentence("amend-card-failed", {"by": by, "lines": lines})
    return _say(hall, change, text)


def notice(hall: Hall, change: Change, agreed: Iterable[UserId]) -> tuple[Say, ...]:
    """Tell those whom the charter binds, once, who changed what: on the noticeboard or in the container."""
    place = noticeboard(hall, change.charter)
    if place is None:
        return ()
    names = tuple(PersonLink(person) for person in dict.fromkeys((change.by, *agreed)))
    lines = in_lines(hall.charter, change.charter)
    text = Sentence("amend-notice", {"community": change.charter.name, "people": names, "lines": lines})
    return (Say(ToRoom(place), text),)


def noticeboard(hall: Hall, charter: Charter) -> RoomKey | None:
    """Return the first room that all read and few write in, else the container, else any of all."""
    open_ = [
        (ids.place(hall.key, place.key), place.post)
        for place in charter.places
        if ids.place(hall.key, place.key) not in hall.sealed
    ]
    boards = [key for key, post in open_ if post == KEYHOLDERS]
    rooms = (*boards, container(hall, charter), *(key for key, _ in open_))
    return next((key for key in rooms if key is not None), None)


def container(hall: Hall, charter: Charter) -> RoomKey | None:
    """Return the room where plans are shown first; None if none is named, or it is sealed."""
    rung, _, room = charter.container.rpartition("/")
    if not rung:
        found = next((ids.place(hall.key, p.key) for p in charter.places if p.key == room), None)
    else:
        rooms = (r for step in charter.rungs if step.key == rung for r in step.rooms if r.key == room)
        found = next((ids.rung_room(hall.key, RungKey(rung), r.key) for r in rooms), None)
    return found if found not in hall.sealed else None


def _say(hall: Hall, change: Change, text: Sentence, *, must: bool = False) -> tuple[Say, ...]:
    card, people = card_of(hall, change), sorted(change.round.entitled)
    if change.alone:
        return (Say(ToPerson(change.by), text, must, card=card),)
    place = container(hall, hall.charter)
    if place is None and (group := deciders(hall)) in (ANYONE, *keys(hall)):
        place = listening(hall, RungKey(group))
    if place is None:
        return tuple(Say(ToPerson(person), text, must, card=card) for person in people)
    elsewhere = (person for person in people if not _has_key(hall, place, person))
    private = (Say(ToPerson(person), text, must, card=card) for person in elsewhere)
    return (Say(ToRoom(place), text, must, card=card), *private)


def _has_key(hall: Hall, place: RoomKey, person: UserId) -> bool:
    _, kind, *rest = place.split("/")
    return person in hall.inside and (kind == "place" or hall.reaches(person, rest[0]))


def _open(rehearse: Rehearsal, hall: Hall, change: Change, now: datetime) -> Sentence:
    return Sentence(
        "amend-card",
        {
            "by": PersonLink(change.by),
            "community": hall.charter.name,
            "lines": (*in_lines(hall.charter, change.charter), *meant(rehearse, hall, change.charter, now)),
            "how": _how(hall, change),
        },
    )


def _how(hall: Hall, change: Change) -> tuple[Sentence, ...]:
    round_ = standing(hall, change)
    if change.alone:
        return (Sentence("amend-how-alone", {"until": round_.closes}),)
    lines = []
    if round_.needed:
        lines.append(Sentence("amend-how-yes", {"needed": round_.needed, "sofar": len(round_.yes)}))
    if round_.no:
        lines.append(Sentence("amend-how-held", {"until": round_.closes}))
    elif round_.waits:
        lines.append(Sentence("amend-how-waits", {"until": round_.closes}))
    else:
        lines.append(Sentence("amend-how-until", {"until": round_.closes}))
    people = tuple(PersonLink(person) for person in sorted(change.round.entitled)[:MOST])
    lines.append(Sentence("amend-how-asked", {"count": len(change.round.entitled), "people": people}))
    return tuple(lines)
