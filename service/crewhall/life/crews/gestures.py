"""Reads what people do in a crew's room as acts: coming, going, inviting, knocking, reacting, taking back."""

from dataclasses import replace

from crewhall.ground.facts import Recorded
from crewhall.ground.hall import Hall
from crewhall.ground.ids import CrewKey
from crewhall.ground.talk import Answer, Asked, Decision, Gesture, Say, Sentence, ToPerson
from crewhall.ground.welcome import called
from crewhall.life.crews import cards, leaf_cards
from crewhall.life.crews.asking import admission_withdrawn, answer_ask, ask_withdrawn, new_ask
from crewhall.life.crews.closing import question_withdrawn
from crewhall.life.crews.crew import CREWS, Ask, Crew, crew_at
from crewhall.life.crews.depth import answer_leaf, came, yes_withdrawn
from crewhall.life.crews.ending import answer_end, end_withdrawn
from crewhall.life.crews.facts import (
    AskAnswered,
    EndAnswered,
    EndAsked,
    InvitationTurnedBack,
    LeafAgreed,
    LeafAsked,
    LeafRoomLeft,
    OfferWithdrawn,
    SeatAsked,
    SeatOffered,
    SeatTaken,
)
from crewhall.life.crews.leaving import gone
from crewhall.life.crews.seats import eligible, free, knows
from crewhall.life.crews.starting import cannot_offer


def gesture(hall: Hall, seen: Gesture) -> Decision | None:
    """Return what follows from a change of membership in a crew's room."""
    crew = crew_at(hall, seen.place)
    if crew is None or crew.ended is not None or seen.person == seen.me or seen.cause in crew.heard:
        return None
    if seen.place != crew.room:
        return _beside(hall, crew, seen)
    match seen.membership:
        case "join":
            return _joined(hall, crew, seen)
        case "leave" | "ban":
            return _left(crew, seen)
        case "invite":
            return _invited(hall, crew, seen)
        case "knock":
            return _knocked(hall, crew, seen)


def answer(hall: Hall, given: Answer) -> Decision | None:
    """Return what follows from a reaction to one of the crews' cards."""
    place, _, cause = given.card.subject.rpartition("/")
    _, _, key = place.rpartition("/")
    crew = CREWS.of(hall).all.get(CrewKey(key))
    if crew is None or crew.room != place or crew.ended is not None:
        return None
    match given.card.kind:
        case cards.ASK:
            return answer_ask(hall, crew, given, cause)
        case cards.END:
            return answer_end(crew, given, cause)
        case leaf_cards.LEAF:
            return answer_leaf(hall, crew, given, cause)
        case _:
            return None


def withdraw(hall: Hall, taken_back: Recorded, by: Asked) -> Decision | None:
    """Take back what has not taken effect yet, because its sender took back the words or the reaction."""
    head, _, key = taken_back.stream.rpartition("/")
    crew = CREWS.of(hall).all.get(CrewKey(key)) if head == f"{hall.key}/crew" else None
    if crew is None or crew.ended is not None:
        return None
    cause, ending = taken_back.cause, crew.ending
    match taken_back.fact:
        case SeatAsked(person=person) if (asking := crew.asks.get(person)) and asking.cause == cause:
            return ask_withdrawn(crew, person, by.person)
        case AskAnswered(person=person, by=member) if asking := crew.asks.get(person):
            return (
                admission_withdrawn(hall, crew, person, member) if asking.yes.get(member) == cause else None
            )
        case SeatOffered(person=person) if cause != crew.cause and (offer := crew.offers.get(person)):
            # Several offers may share a cause: each is taken back whatever was written in between.
            out = OfferWithdrawn(person, by.person)
            return _unversioned(Decision(facts=crew.writes(out))) if offer.cause == cause else None
        case EndAsked() if ending is not None and ending.cause == cause:
            return end_withdrawn(crew, ending, by.person)
        case EndAnswered(person=person) if ending is not None and ending.cause != cause:
            said = ending.answers.get(person)
            matches = said is not None and said.cause == cause
            return Decision(facts=crew.writes(EndAnswered(person, None))) if matches else None
        case _:
            return _leaf_withdrawn(hall, crew, taken_back)


def _joined(hall: Hall, crew: Crew, seen: Gesture) -> Decision | None:
    person, rule = seen.person, hall.charter.crews
    if person in crew.seats:
        return None
    unheard = person not in crew.offers
    if unheard and not (rule.members_invite and _fits(hall, crew, seen)):
        return None
    anew = came(hall, crew, person, seen.at, seen.cause)
    facts = (writing.fact for writing in anew.facts)
    says = (*cards.catch_up(crew, person, rule.admit), *anew.says)
    return Decision(facts=crew.writes(SeatTaken(person), *facts), says=says)


def _left(crew: Crew, seen: Gesture) -> Decision | None:
    """Honour a going. The keeper's own removals only say that somebody with a seat is out."""
    person = seen.person
    if not knows(crew, person) or (seen.by == seen.me and person not in crew.seats):
        return None
    asks_by_word = (asking := crew.asks.get(person)) is not None and not asking.knocked
    if asks_by_word:
        return None
    return gone(crew, person, seen.by)


def _invited(hall: Hall, crew: Crew, seen: Gesture) -> Decision | None:
    """Take a member's invitation as an offered seat, or say why it is taken back."""
    person, by = seen.person, seen.by
    if by == seen.me or person in crew.seats or person in crew.offers:
        return None
    if not hall.charter.crews.members_invite:
        wrong: Sentence | None = Sentence("crew-invite-by-word", {"crew": crew.name})
    else:
        wrong = cannot_offer(hall, crew, (person,), by, seen.me)
    if wrong is None:
        return Decision(facts=crew.writes(SeatOffered(person, by)))
    back = Sentence("crew-invite-taken-back", {"why": wrong})
    turned = InvitationTurnedBack(person, by)
    return Decision(facts=crew.writes(turned), says=(Say(ToPerson(by), back),))


def _knocked(hall: Hall, crew: Crew, seen: Gesture) -> Decision | None:
    """Take a knock as an ask; one on the crew's space stands until it is taken back by word."""
    person, knocked = seen.person, seen.place == crew.room
    is_called = crew.room in called(hall, person, seen.at) and free(hall, crew) > 0
    if knows(crew, person) or not (is_called or _fits(hall, crew, seen)):
        return None
    asking = Ask(seen.at, seen.cause, knocked=knocked, called=is_called)
    says = new_ask(hall, crew, person, asking)
    return Decision(facts=crew.writes(SeatAsked(person, knocked, is_called)), says=says)


def _beside(hall: Hall, crew: Crew, seen: Gesture) -> Decision | None:
    """Read gestures in the crew's space and its leaves' rooms: going out of one is no more."""
    person, end = seen.person, seen.place.removeprefix(f"{crew.room}/")
    if seen.membership == "knock" and seen.place == crew.space:
        return _knocked(hall, crew, seen)
    leaf = crew.leaves.get(end.partition("/")[0])
    theirs = crew.members if seen.place == crew.space else leaf.people if leaf is not None else frozenset()
    goes = seen.membership in {"leave", "ban"} and seen.by != seen.me and person in theirs
    if not goes or person in crew.away.get(end, ()):
        return None
    return Decision(facts=crew.writes(LeafRoomLeft(end, person, seen.by)))


def _leaf_withdrawn(hall: Hall, crew: Crew, taken_back: Recorded) -> Decision | None:
    cause, question = taken_back.cause, crew.question
    match taken_back.fact:
        case LeafAsked(by=by) if question is not None and by is not None and question.cause == cause:
            return question_withdrawn(hall, crew, question, by)
        case LeafAgreed(leaf=leaf, person=person) if question is not None and question.cause != cause:
            matches = question.leaf == leaf and question.yes.get(person) == cause
            return yes_withdrawn(hall, crew, question, person) if matches else None
        case _:
            return None


def _fits(hall: Hall, crew: Crew, seen: Gesture) -> bool:
    return eligible(hall, seen.person, seen.me) and free(hall, crew) > 0


def _unversioned(decision: Decision) -> Decision:
    return replace(decision, facts=tuple(replace(writing, expected=None) for writing in decision.facts))
