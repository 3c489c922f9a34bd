"""Answers what concerns the whole house: ``!help``, ``!me`` and ``!why``, put together from all capabilities.

In a room that others read, people are told no more about themselves than what everybody there may know.
"""

from collections.abc import Iterable, Iterator

from crewhall import house as rules
from crewhall.ground import ids, names
from crewhall.ground.capability import Verb
from crewhall.ground.hall import Hall, House
from crewhall.ground.ids import RoomId, RoomKey, UserId
from crewhall.ground.talk import (
    Arguments,
    Asked,
    Decision,
    Outcome,
    Refusal,
    Reply,
    RoomLink,
    Say,
    Sentence,
    ToPerson,
    Usage,
    Value,
)
from crewhall.house.doctor import DOCTOR, doctor
from crewhall.house.knowing import WHAT, what
from crewhall.house.parting import FORGET, ask

HELP = "!help [TOPIC]"
ME = "!me"
WHY = "!why [ROOM or CREW]"
_TOPIC = "you"
_SHOWN = 60
_FIRST = 3
_NOBODY = UserId("@:invalid")


def help_me(_house: House, asked: Asked, given: Arguments) -> Outcome:
    """Tell which commands there are by topic; of one topic, a line for each.

    What only operators can do is told to them alone, unless somebody asks for it by its name.
    """
    wanted = " ".join(given.words).casefold().strip("!")
    if not wanted:
        lines = tuple(
            _topic(topic, verbs)
            for topic, every in _topics().items()
            if (verbs := [verb for verb in every if asked.operator or not verb.operators])
        )
        return _reply(Sentence("help-topics", {"lines": lines}))
    found = _topics().get(wanted) or _begun_by(tuple(wanted.split()))
    if not found:
        return Refusal(Sentence("help-unknown", {"topic": wanted[:_SHOWN]}))
    told = tuple(Sentence("help-line", {"usage": verb.usage, "about": verb.about}) for verb in found)
    return _reply(Sentence("told", {"lines": told}))


def me(house: House, asked: Asked, _given: Arguments) -> Outcome:
    """Tell where a person stands, what it opens and which crews they have."""
    if asked.place is None:
        told = [line for hall in halls_of(house, asked.person) for line in _me(hall, asked.person)]
        return _reply(_lines(told)) if told else Refusal(Sentence("hear-no-hall"))
    hall = rules.hall_at(house, asked.place)
    everything = tuple(_me(hall, asked.person)) if hall is not None else ()
    told = [line for line in everything if _may_be_heard(house, asked.place, line)]
    if len(told) < len(everything):
        told.append(Sentence("me-elsewhere"))
    return _reply(_lines(told)) if told else Refusal(Sentence("hear-no-hall"))


def why(house: House, asked: Asked, given: Arguments) -> Outcome:
    """Tell why a person can or cannot be in a room: the one they are in, or the one they name."""
    if given.people:
        return Usage(WHY)
    if not given.words:
        return Usage(WHY) if asked.place is None else _why(house, asked, (asked.place,), "")
    name = " ".join(given.words)
    keys = tuple(_meant(house, asked, name))
    if asked.place is None or (keys and all(_is_known(house, asked.place, key) for key in keys)):
        return _why(house, asked, keys, name)
    answer = _why(house, asked, keys, name)
    # Whether a name is known here would say that there is such a crew.
    texts = [say.text for say in answer.says] if isinstance(answer, Decision) else [answer.text]
    return Decision(says=tuple(Say(ToPerson(asked.person), text) for text in texts), ack="✅")


def halls_of(house: House, person: UserId) -> tuple[Hall, ...]:
    """Return the communities that `person` is in or has something to do with, by key."""
    return tuple(
        hall
        for _, hall in sorted(house.halls.items())
        if person in hall.inside or tuple(_me(hall, person)) != tuple(_me(hall, _NOBODY))
    )


OWN = (
    Verb(("help",), HELP, _TOPIC, "What I understand, by topic.", run_house=help_me),
    Verb(("me",), ME, _TOPIC, "Where you stand and what it opens.", run_house=me),
    Verb(("why",), WHY, _TOPIC, "Why you can or cannot be in a room.", run_house=why),
    Verb(("what",), WHAT, _TOPIC, "Everything that is kept about you.", run_house=what),
    Verb(("forget", "me"), FORGET, _TOPIC, "Leave everything, and be forgotten.", run_house=ask),
    Verb(("doctor",), DOCTOR, "community", "What is amiss, for keyholders and operators.", run_house=doctor),
)
"""The commands that belong to no capability."""

VERBS: tuple[Verb, ...] = (*OWN, *(verb for one in rules.CAPABILITIES for verb in one.verbs))
"""Every command there is."""


def _topic(topic: str, verbs: list[Verb]) -> Sentence:
    """Return a topic with its first commands: all of them would be a page."""
    commands = tuple(_called(verb) for verb in verbs[:_FIRST])
    if len(verbs) > _FIRST:
        return Sentence("help-topic-more", {"topic": topic, "commands": ", ".join(commands)})
    return Sentence("help-topic", {"topic": topic, "commands": commands})


def _topics() -> dict[str, list[Verb]]:
    topics: dict[str, list[Verb]] = {}
    seen: set[str] = set()
    for verb in VERBS:
        if verb.usage not in seen:
            seen.add(verb.usage)
            topics.setdefault(verb.topic, []).append(verb)
    return topics


def _begun_by(words: tuple[str, ...]) -> list[Verb]:
    """Return the commands that begin with these words, each once."""
    begun = [verb for verb in VERBS if verb.words[: len(words)] == words]
    return list({verb.usage: verb for verb in reversed(begun)}.values())[::-1]


def _called(verb: Verb) -> str:
    return f"!{' '.join(verb.words)}"


def _me(hall: Hall, person: UserId) -> Iterator[Sentence]:
    for capability in rules.CAPABILITIES:
        yield from capability.me(hall, person)


def _why(house: House, asked: Asked, keys: Iterable[RoomKey], name: str) -> Decision | Refusal:
    for key in keys:
        hall = rules.hall_at(house, key)
        if hall is None:
            continue
        told = [line for one in rules.CAPABILITIES for line in one.why(hall, asked.person, key)]
        if told:
            return _reply(_lines(told))
    if not name:
        return Refusal(Sentence("why-nothing"))
    return Refusal(Sentence("why-unknown", {"name": name[:_SHOWN]}))


def _meant(house: House, asked: Asked, name: str) -> Iterator[RoomKey]:
    """Yield the rooms that may be meant by a name, an address or an id: those of one's own first."""
    if name.startswith("!"):
        yield from [key] if (key := house.keys.get(RoomId(name))) is not None else []
        return
    if name.startswith(f"#{ids.ALIAS_PREFIX}"):
        yield RoomKey(ids.local(name).removeprefix(ids.ALIAS_PREFIX).replace("_", "/"))
        return
    here = rules.hall_at(house, asked.place) if asked.place is not None else None
    halls = (here,) if here is not None else halls_of(house, asked.person)
    same = names.looks(names.spoken(name))
    for hall in halls:
        for link in _links(tuple(_me(hall, asked.person))):
            if names.looks(link.name) == same:
                yield link.key
    for hall in halls:
        for one in rules.CAPABILITIES:
            for key in one.rooms(hall):
                wish = one.wish(hall, key)
                if wish is not None and names.looks(wish.name) == same:
                    yield key


def _links(value: Value) -> Iterator[RoomLink]:
    match value:
        case RoomLink():
            yield value
        case Sentence(args=args):
            for arg in args.values():
                yield from _links(arg)
        case tuple():
            for one in value:
                yield from _links(one)
        case _:
            return


def _may_be_heard(house: House, place: RoomKey, line: Sentence) -> bool:
    """Return whether a line names rooms, and only such as everybody in `place` may know."""
    links = tuple(_links(line))
    return bool(links) and all(_is_known(house, place, link.key) for link in links)


def _is_known(house: House, place: RoomKey, key: RoomKey) -> bool:
    if key == place:
        return True
    wish = rules.wish(house, key)
    return wish is not None and wish.shown and wish.only is None


def _lines(told: Iterable[Sentence]) -> Sentence:
    lines = tuple(told)
    return lines[0] if len(lines) == 1 else Sentence("told", {"lines": lines})


def _reply(text: Sentence) -> Decision:
    return Decision(says=(Say(Reply(), text),))
