"""What a crew's members are told and asked: in its room if it is open, else in each one's private chat."""

from collections.abc import Iterable, Mapping
from typing import Final

from crewhall.ground.ids import UserId
from crewhall.ground.talk import Card, PersonLink, Say, Sentence, ToPerson, ToRoom
from crewhall.life.crews.crew import Ask, Crew, Ending
from crewhall.life.crews.facts import How
from crewhall.life.crews.seats import link, persons

ASK: Final = "crews.ask"
END: Final = "crews.end"
YES: Final = "👍"
WAYS: Final[Mapping[str, How]] = {"🏠": "kept", "🔒": "read-only", "🍂": "forgotten"}


def ask_card(crew: Crew, ask: Ask) -> Card:
    """Return the card on which members say yes to who asks."""
    return Card(ASK, f"{crew.room}/{ask.cause}", (YES,))


def end_card(crew: Crew, ending: Ending) -> Card:
    """Return the card on which members say how the crew shall end."""
    return Card(END, f"{crew.room}/{ending.cause}", tuple(WAYS))


def ask_text(crew: Crew, asker: UserId, ask: Ask, admit: str) -> Sentence:
    """Return the card's words while the ask is open."""
    person = PersonLink(asker)
    if admit == "one":
        return Sentence("crew-ask-card-one", {"person": person, "crew": link(crew)})
    if ask.yes:
        said = persons(sorted(ask.yes))
        return Sentence("crew-ask-card-some", {"person": person, "crew": link(crew), "yes": said})
    return Sentence("crew-ask-card-all", {"person": person, "crew": link(crew)})


def end_text(crew: Crew, ending: Ending) -> Sentence:
    """Return the card's words while answers are awaited."""
    return Sentence(
        "crew-end-card", {"person": PersonLink(ending.by), "crew": link(crew), "until": ending.until}
    )


def ended_text(crew: Crew, how: How) -> Sentence:
    """Return in one sentence what became of a crew."""
    match how:
        case "kept":
            return Sentence("crew-ended-kept", {"crew": crew.name})
        case "read-only":
            return Sentence("crew-ended-read-only", {"crew": crew.name})
        case "forgotten":
            return Sentence("crew-ended-forgotten", {"crew": crew.name})


def tell(
    crew: Crew,
    text: Sentence,
    card: Card | None = None,
    *,
    must: bool = False,
    to: Iterable[UserId] | None = None,
) -> tuple[Say, ...]:
    """Say something to a crew's members; `to` are those of a private crew who hear it (default: all)."""
    if not crew.private:
        return (Say(ToRoom(crew.room), text, must, crew.room, card),)
    people = crew.seats if to is None else to
    return tuple(Say(ToPerson(person), text, must, card=card) for person in sorted(people))


def catch_up(crew: Crew, person: UserId, admit: str) -> tuple[Say, ...]:
    """Return the open cards for a new member of a private crew; an open crew's are in its room."""
    if not crew.private:
        return ()
    says: list[Say] = []
    for asker, ask in sorted(crew.asks.items()):
        if asker != person:
            says += tell(
                crew, ask_text(crew, asker, ask, admit), ask_card(crew, ask), must=True, to=(person,)
            )
    if crew.ending is not None:
        says += tell(crew, end_text(crew, crew.ending), end_card(crew, crew.ending), must=True, to=(person,))
    return tuple(says)
