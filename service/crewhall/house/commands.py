"""Decides what follows from a line said to the keeper: whose rule is asked, and in which community."""

from collections.abc import Iterable
from dataclasses import replace

from crewhall import house as rules
from crewhall.charter.model import Place
from crewhall.ground import grammar, ids, names
from crewhall.ground.capability import Verb
from crewhall.ground.facts import Fact, Recorded, hall_of_stream
from crewhall.ground.grammar import Line, Match, Near, choose
from crewhall.ground.hall import Hall, House
from crewhall.ground.ids import RoomKey, RungKey
from crewhall.ground.talk import Arguments, Asked, Decision, Outcome, Refusal, Sentence, Usage
from crewhall.ground.welcome import calls
from crewhall.house.counsel import VERBS, halls_of

_IN = "in"


def decide(house: House, line: Line, asked: Asked, verbs: Iterable[Verb] = VERBS) -> Outcome | None:
    """Return the outcome; None for what is no command in a room where others talk (other bots listen too)."""
    if line.too_long:
        return Refusal(Sentence("hear-too-long", {"most": grammar.MOST}))
    match choose(line, verbs):
        case None:
            return Refusal(Sentence("hear-unknown")) if asked.place is None else None
        case Near(verb=verb):
            return Usage(verb.usage)
        case Match(verb=verb, rest=rest) if verb.run_house is not None:
            return verb.run_house(house, asked, rest)
        case Match(verb=verb, rest=rest) if verb.run is not None:
            found = _hall(house, asked, rest, verb)
            if isinstance(found, Refusal):
                return found
            hall, rest = found
            return verb.run(hall, asked, rest)
        case Match():
            return None


def concerns(line: Line, verbs: Iterable[Verb] = VERBS) -> bool:
    """Return whether a line is a command of ours or nearly one."""
    return line.too_long or choose(line, verbs) is not None


def withdraw(house: House, records: Iterable[Recorded], asked: Asked) -> Iterable[Decision]:
    """Yield what follows when `asked.person` takes back the event that these records came from.

    Only what was their own act: in many rooms somebody else may take back what they wrote.
    """
    for recorded in records:
        key = hall_of_stream(recorded.stream)
        hall = house.halls.get(key) if key is not None else None
        if hall is None or _actor(recorded.fact) != asked.person:
            continue
        for capability in rules.CAPABILITIES:
            if (decision := capability.withdraw(hall, recorded, asked)) is not None:
                yield decision


def _actor(fact: Fact) -> object:
    """Return whose act a fact records: facts name them `by`, or there is only the `person`."""
    by: object = getattr(fact, "by", None)
    return by if by is not None else getattr(fact, "person", None)


def listens(house: House, place: RoomKey) -> bool:
    """Return whether the keeper hears commands in a managed room: not where it could not answer."""
    if place in house.people:
        return True
    hall, wish = rules.hall_at(house, place), rules.wish(house, place)
    if hall is None or wish is None or wish.encrypted or wish.closed:
        return False
    found = _place(hall, place)
    return found is None or found.commands


def _place(hall: Hall, key: RoomKey) -> Place | None:
    charter = hall.charter
    own = ((ids.place(hall.key, place.key), place) for place in charter.places)
    opened = (
        (ids.rung_room(hall.key, RungKey(rung.key), room.key), room)
        for rung in charter.rungs
        for room in rung.rooms
    )
    return next((place for at, place in (*own, *opened) if at == key), None)


def _hall(house: House, asked: Asked, given: Arguments, verb: Verb) -> tuple[Hall, Arguments] | Refusal:
    """Return the community of the room; in a private chat the asker's only one, or the one they name.

    Where a crew calls sisters, strangers may say what answers the call, and nothing else.
    """
    if asked.place is not None:
        here = rules.hall_at(house, asked.place)
        return (here, given) if here is not None else Refusal(Sentence("hear-no-hall"))
    halls = halls_of(house, asked.person)
    if verb.called:
        known = {hall.key for hall in halls}
        others = (hall for key, hall in sorted(house.halls.items()) if key not in known)
        halls = (*halls, *(hall for hall in others if calls(hall, asked.at)))
    match halls:
        case ():
            return Refusal(Sentence("hear-no-hall"))
        case (only,):
            return only, given
        case _:
            pass
    at = next((n for n in reversed(range(len(given.words))) if given.words[n].casefold() == _IN), None)
    if at is not None:
        name = " ".join(given.words[at + 1 :])
        for hall in halls:
            if name.casefold() == hall.key or names.looks(name) == names.looks(hall.charter.name):
                words = given.words[:at]
                return hall, replace(given, words=words, text=" ".join(words))
    communities = tuple(hall.charter.name for hall in halls)
    return Refusal(Sentence("hear-which-hall", {"communities": communities}))
