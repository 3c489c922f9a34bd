"""What is shown of a link that is decided on, or reviewed: cards for those who decide, their last words."""

from typing import Final

from crewhall.door import (
    Card,
    Hall,
    PersonLink,
    RoomKey,
    Say,
    Sentence,
    ToPerson,
    ToRoom,
    UserId,
    board,
)
from crewhall_bridges.sister.bond import Link
from crewhall_bridges.sister.guestrooms import beware
from crewhall_bridges.sister.page import page

ASK: Final = "sister.ask"
REVIEW: Final = "sister.review"
YES: Final = "✅"
NO: Final = "✋"


def place(hall: Hall) -> RoomKey | None:
    """Return where the charter wants links to be proposed and decided, None for private chats."""
    return room_at(hall, hall.charter.sisters.place)


def room_at(hall: Hall, path: str) -> RoomKey | None:
    """Return the room that a charter names by its key or by `rung/room`, None if we cannot speak there."""
    if not path:
        return None
    at = board.place_of(hall, path)
    return at if at not in hall.sealed else None


def tell(hall: Hall, link: Link, *, must: bool = False) -> tuple[Say, ...]:
    """Put the question before those who decide, or bring its card to what holds now."""
    if link.question is None:
        return ()
    text = Sentence(
        "sister-card",
        {
            "by": PersonLink(link.question.by),
            "sister": link.called,
            "keeper": link.keeper,
            "lines": (*page(hall, link, link.question.terms), *_beware(hall, link)),
            "how": _how(link),
        },
    )
    return _say(hall, link, text, must=must)


def ended(hall: Hall, link: Link, how: str) -> tuple[Say, ...]:
    """Return the card's last words."""
    if link.question is None:
        return ()
    sister, lines = link.called, page(hall, link, link.question.terms)
    match how:
        case "passed":
            text = Sentence("sister-card-passed", {"sister": sister, "lines": lines})
        case "failed":
            text = Sentence("sister-card-failed", {"sister": sister})
        case _:
            text = Sentence("sister-card-overtaken", {"sister": sister})
    return _say(hall, link, text)


def review(hall: Hall, link: Link, people: tuple[UserId, ...], text: Sentence, day: str) -> tuple[Say, ...]:
    """Return the review's card, for the place of links or for each of those who decide."""
    card = Card(REVIEW, f"{hall.key}/sister/{link.mark}/{day}", (YES,))
    at = place(hall)
    if at is not None:
        return (Say(ToRoom(at), text, card=card),)
    return tuple(Say(ToPerson(person), text, card=card) for person in people)


def _say(hall: Hall, link: Link, text: Sentence, *, must: bool = False) -> tuple[Say, ...]:
    question = link.question
    if question is None:
        return ()
    alone = question.round.entitled == {question.by}
    subject = f"{hall.key}/sister/{link.mark}/{question.mark}"
    card = Card(ASK, subject, (YES,) if alone else (YES, NO))
    people = sorted(question.round.entitled)
    at = place(hall)
    if at is None or alone:
        return tuple(Say(ToPerson(person), text, must, card=card) for person in people)
    elsewhere = (person for person in people if not _has_key(hall, at, person))
    private = (Say(ToPerson(person), text, must, card=card) for person in elsewhere)
    return (Say(ToRoom(at), text, must, card=card), *private)


def _has_key(hall: Hall, at: RoomKey, person: UserId) -> bool:
    _, kind, *rest = at.split("/")
    return person in hall.inside and (kind == "place" or hall.reaches(person, rest[0]))


def _beware(hall: Hall, link: Link) -> tuple[Sentence, ...]:
    """Return what guests could read here, if the terms that are asked about let guests in."""
    opens = link.question is not None and "guests" in link.question.terms.opens(link.me)
    return beware(hall) if opens else ()


def _how(link: Link) -> tuple[Sentence, ...]:
    if (question := link.question) is None:
        return ()
    round_ = question.round
    if round_.entitled == {question.by}:
        return (Sentence("sister-how-alone", {"until": round_.closes}),)
    lines = []
    if round_.needed:
        lines.append(Sentence("sister-how-yes", {"needed": round_.needed, "sofar": len(round_.yes)}))
    if round_.no:
        lines.append(Sentence("sister-how-held", {"until": round_.closes}))
    elif round_.waits:
        lines.append(Sentence("sister-how-waits", {"until": round_.closes}))
    else:
        lines.append(Sentence("sister-how-until", {"until": round_.closes}))
    lines.append(Sentence("sister-how-contacts", {"by": PersonLink(question.by)}))
    return tuple(lines)
