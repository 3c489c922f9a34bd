"""Decides about asks for a seat: ``!crew ask NAME`` or a knock, the members' yes, and taking either back."""

from dataclasses import replace

from crewhall.ground.facts import Fact
from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.talk import (
    Answer,
    Arguments,
    Asked,
    Decision,
    Outcome,
    PersonLink,
    Refusal,
    Reply,
    Say,
    Sentence,
    ToPerson,
    Usage,
)
from crewhall.ground.welcome import called
from crewhall.life.crews.cards import YES, ask_card, ask_text, tell
from crewhall.life.crews.crew import Ask, Crew
from crewhall.life.crews.facts import AskAnswered, AskWithdrawn, SeatAdmitted, SeatAsked
from crewhall.life.crews.seats import across, askable, eligible, free, link, malformed, persons, unknown

ASK = "!crew ask NAME"


def ask(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Ask a crew's members for a seat. Of unlisted crews nothing is given away."""
    if (wrong := malformed(given.words)) is not None:
        return Refusal(wrong)
    if not given.words or given.people:
        return Usage(ASK)
    found = askable(hall, asked, " ".join(given.words))
    if not found:
        return unknown(" ".join(given.words))
    crew = found[0]
    is_called = crew.room in called(hall, asked.person, asked.at)
    if (wrong := _cannot_ask(hall, crew, asked.person, is_called=is_called)) is not None:
        return Refusal(wrong)
    said = Sentence("crew-asked", {"crew": crew.name})
    asking = Ask(asked.at, asked.cause, called=is_called)
    return Decision(
        facts=crew.writes(SeatAsked(asked.person, called=is_called)),
        says=(Say(Reply(), said), *new_ask(hall, crew, asked.person, asking)),
        ack="✅",
    )


def new_ask(hall: Hall, crew: Crew, asker: UserId, asking: Ask) -> tuple[Say, ...]:
    """Return the cards that put an ask before the members."""
    text = ask_text(crew, asker, asking, hall.charter.crews.admit)
    return tell(crew, text, ask_card(crew, asking), must=True)


def answer_ask(hall: Hall, crew: Crew, given: Answer, cause: str) -> Decision | None:
    """Take a member's yes; enough of them hold a seat for who asks. Anything else means nothing."""
    asker = next((person for person, asking in crew.asks.items() if asking.cause == cause), None)
    if asker is None or given.choice != YES or given.person not in crew.seats:
        return None
    asking = crew.asks[asker]
    if given.person in asking.yes:
        return None
    if (wrong := _cannot_admit(hall, crew, asker)) is not None:
        return Decision(says=(Say(ToPerson(given.person), wrong),))
    asking = replace(asking, yes=asking.yes.set(given.person, given.cause))
    return _weighed(hall, crew, asker, asking, AskAnswered(asker, given.person))


def ripe(hall: Hall, crew: Crew, asker: UserId) -> Decision | None:
    """Admit somebody to whom, after others left, all remaining members have said yes."""
    asking = crew.asks[asker]
    if not _enough(hall, crew, asking) or _cannot_admit(hall, crew, asker) is not None:
        return None
    return _weighed(hall, crew, asker, asking)


def ask_withdrawn(crew: Crew, asker: UserId, by: UserId) -> Decision:
    """End an ask without a seat, and say so on the members' cards."""
    asking = crew.asks[asker]
    text = Sentence("crew-ask-over", {"person": PersonLink(asker), "crew": link(crew)})
    has_card = bool(crew.seats) or not crew.private
    return Decision(
        facts=crew.writes(AskWithdrawn(asker, by)),
        says=tell(crew, text, ask_card(crew, asking)) if has_card else (),
    )


def admission_withdrawn(hall: Hall, crew: Crew, asker: UserId, by: UserId) -> Decision:
    """Take a yes back that has not been enough yet."""
    asking = crew.asks[asker]
    asking = replace(asking, yes=asking.yes.delete(by))
    text = ask_text(crew, asker, asking, hall.charter.crews.admit)
    return Decision(
        facts=crew.writes(AskAnswered(asker, by, yes=False)),
        says=tell(crew, text, ask_card(crew, asking)),
    )


def _weighed(hall: Hall, crew: Crew, asker: UserId, asking: Ask, *facts: Fact) -> Decision:
    card = ask_card(crew, asking)
    if not _enough(hall, crew, asking):
        text = ask_text(crew, asker, asking, hall.charter.crews.admit)
        return Decision(facts=crew.writes(*facts), says=tell(crew, text, card))
    yes = tuple(sorted(asking.yes))
    done = Sentence("crew-ask-done", {"person": PersonLink(asker), "crew": link(crew), "yes": persons(yes)})
    text = Sentence("crew-admitted", {"crew": link(crew)})
    if asking.called and (lines := tuple(across(hall, crew))):
        text = Sentence("crew-admitted-across", {"crew": link(crew), "lines": lines})
    told = Say(ToPerson(asker), text, must=True, after=crew.room)
    return Decision(
        facts=crew.writes(*facts, SeatAdmitted(asker, yes)),
        says=(*tell(crew, done, card), told),
    )


def _enough(hall: Hall, crew: Crew, asking: Ask) -> bool:
    if hall.charter.crews.admit == "one":
        return bool(asking.yes)
    return bool(crew.seats) and crew.members <= set(asking.yes)


def _cannot_admit(hall: Hall, crew: Crew, asker: UserId) -> Sentence | None:
    if free(hall, crew) < 1:
        return Sentence("crew-too-full", {"crew": crew.name, "most": hall.charter.crews.most})
    if not crew.asks[asker].called and not eligible(hall, asker, crew.keeper):
        return Sentence("person-outside", {"people": (PersonLink(asker),), "community": hall.charter.name})
    return None


def _cannot_ask(hall: Hall, crew: Crew, person: UserId, *, is_called: bool) -> Sentence | None:
    if person in crew.seats:
        return Sentence("crew-you-are-in", {"crew": link(crew)})
    if person in crew.offers:
        return Sentence("crew-you-are-offered", {"crew": link(crew)})
    if (waiting := crew.asks.get(person)) is not None:
        return Sentence("crew-you-asked", {"crew": crew.name, "since": waiting.since})
    if not is_called and not eligible(hall, person, crew.keeper):
        calls = crew.room in hall.welcome and bool(hall.welcome[crew.room].until)
        if calls and person not in hall.inside:
            return Sentence("crew-calls-others", {"crew": crew.name, "community": hall.charter.name})
        return Sentence("not-inside", {"community": hall.charter.name})
    if free(hall, crew) < 1:
        return Sentence("crew-is-full", {"crew": crew.name, "most": hall.charter.crews.most})
    return None
