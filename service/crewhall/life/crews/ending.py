"""Decides how a crew ends: alone at once, else by its members' answers, of which the mildest wins."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

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
from crewhall.life.crews.asking import ripe
from crewhall.life.crews.cards import WAYS, end_card, end_text, ended_text, tell
from crewhall.life.crews.crew import CREWS, MILDEST, Crew, Ending, Said
from crewhall.life.crews.depth import due as leaf_due
from crewhall.life.crews.facts import CrewEnded, EndAnswered, EndAsked, EndWithdrawn, How
from crewhall.life.crews.leaf_cards import ended
from crewhall.life.crews.seats import link, malformed, meant

END = "!crew end [NAME] [kept|read-only|forgotten]"
_WORDS: dict[str, How] = {
    "kept": "kept",
    "read-only": "read-only",
    "readonly": "read-only",
    "forgotten": "forgotten",
}


def end(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """End a crew, or ask its members how; said again it tells how things stand."""
    if (wrong := malformed(given.words)) is not None:
        return Refusal(wrong)
    if given.people:
        return Usage(END)
    how = _WORDS.get(given.words[-1].casefold()) if given.words else None
    crew = meant(hall, asked, given.words[:-1] if how else given.words)
    if isinstance(crew, Refusal):
        return crew
    if asked.person not in crew.seats:
        return Refusal(Sentence("crew-members-only", {"crew": crew.name}))
    if len(crew.seats) == 1:
        return _alone(crew, asked, how or "kept")
    if crew.ending is None:
        return _asked(hall, crew, asked, how)
    return _again(crew, crew.ending, asked, how)


def answer_end(crew: Crew, given: Answer, cause: str) -> Decision | None:
    """Take a member's answer; the last one ends the crew."""
    how, ending = WAYS.get(given.choice), crew.ending
    if how is None or ending is None or ending.cause != cause or given.person not in crew.seats:
        return None
    return _answered(crew, ending, given.person, Said(how, given.cause))


def due(hall: Hall, now: datetime) -> Iterable[tuple[str, Decision]]:
    """Return the ends, admissions and openings that need nobody's further word."""
    crews = CREWS.of(hall)
    for key in sorted(crews.open):
        crew = crews.all[key]
        ending = crew.ending
        if ending is not None and crew.seats and (now >= ending.until or _complete(crew, ending)):
            yield f"crews:end:{ending.cause}", over(crew, _mildest(crew, ending))
            continue
        for asker, asking in sorted(crew.asks.items()):
            if (admitted := ripe(hall, crew, asker)) is not None:
                yield f"crews:admit:{asking.cause}", admitted
        yield from leaf_due(hall, crew, now)


def over(crew: Crew, how: How, *facts: Fact) -> Decision:
    """End a crew; its members' cards tell the outcome, and whoever waited for a seat is told."""
    ending = crew.ending
    says: list[Say] = []
    if ending is not None and (crew.private or how != "forgotten"):
        says += tell(crew, ended_text(crew, how), end_card(crew, ending))
    if crew.question is not None and (crew.private or how != "forgotten"):
        says += ended(crew, crew.question, Sentence("crew-is-over", {"crew": crew.name}))
    waiting = (person for person, asking in sorted(crew.asks.items()) if not asking.knocked)
    says += (Say(ToPerson(p), Sentence("crew-is-over", {"crew": crew.name})) for p in waiting)
    return Decision(facts=crew.writes(*facts, CrewEnded(how)), says=tuple(says))


def end_withdrawn(crew: Crew, ending: Ending, by: UserId) -> Decision:
    """Take the question back."""
    text = Sentence("crew-end-withdrawn", {"person": PersonLink(by), "crew": link(crew)})
    return Decision(facts=crew.writes(EndWithdrawn(by)), says=tell(crew, text, end_card(crew, ending)))


def _alone(crew: Crew, asked: Asked, how: How) -> Decision:
    decision = over(crew, how)
    own_room = crew.holds(asked.place)
    to = ToPerson(asked.person) if own_room and how != "kept" else Reply()
    return replace(decision, says=(*decision.says, Say(to, ended_text(crew, how))), ack="✅")


def _asked(hall: Hall, crew: Crew, asked: Asked, how: How | None) -> Decision:
    until = asked.at + timedelta(days=hall.charter.crews.ending_days)
    ending = Ending(asked.person, asked.at, until, asked.cause)
    facts: list[Fact] = [EndAsked(asked.person, until)]
    if how is not None:
        facts.append(EndAnswered(asked.person, how))
    says = tell(crew, end_text(crew, ending), end_card(crew, ending), must=True)
    if asked.place != crew.room:
        said = Sentence("crew-end-asked", {"crew": crew.name, "members": len(crew.seats), "until": until})
        says = (Say(Reply(), said), *says)
    return Decision(facts=crew.writes(*facts), says=says, ack="✅")


def _again(crew: Crew, ending: Ending, asked: Asked, how: How | None) -> Decision:
    decision = _answered(crew, ending, asked.person, Said(how, asked.cause)) if how is not None else None
    decision = decision or Decision()
    if any(isinstance(writing.fact, CrewEnded) for writing in decision.facts):
        return replace(decision, ack="✅")
    answered = {*ending.answers, asked.person} if how is not None else set(ending.answers)
    told = Sentence(
        "crew-end-stands",
        {"crew": crew.name, "answered": len(answered), "members": len(crew.seats), "until": ending.until},
    )
    return replace(decision, says=(*decision.says, Say(Reply(), told)))


def _answered(crew: Crew, ending: Ending, person: UserId, said: Said) -> Decision | None:
    before = ending.answers.get(person)
    if before is not None and before.how == said.how:
        return None
    fact = EndAnswered(person, said.how)
    ending = replace(ending, answers=ending.answers.set(person, said))
    if not _complete(crew, ending):
        return Decision(facts=crew.writes(fact))
    return over(replace(crew, ending=ending), _mildest(crew, ending), fact)


def _complete(crew: Crew, ending: Ending) -> bool:
    return crew.members <= set(ending.answers)


def _mildest(crew: Crew, ending: Ending) -> How:
    """Return the mildest answer; silence counts as ``kept``."""
    said = {given.how for person, given in ending.answers.items() if person in crew.seats}
    return next(how for how in MILDEST if how in said) if said and _complete(crew, ending) else MILDEST[0]
