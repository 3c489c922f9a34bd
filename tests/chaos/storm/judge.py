"""Compares ledger, rooms and what people were told, after the storm: nothing lost, nothing doubled, no more.

The ledger is read by `storm.book`, the rooms by their members, and who may do what by the second reading of
the story that the machine of the whole house has (`house.told`, `house.rooms`, `house.traces`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from house.rooms import Rooms
from house.told import Told
from house.traces import Traces

from crewhall.testing.events import Event
from storm.book import Book, Record, Said
from storm.sights import Sights

WORDS, REACTION = "m.room.message", "m.reaction"
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_AT_ONCE = timedelta(seconds=2)


@dataclass(frozen=True)
class Evidence:
    """All that is known of one hall. `accepted` are the events that the service said it had.

    `told` are those that the homeserver said it had. `people` are by whole id; `chats` are private chats
    of theirs with the keeper.
    """

    key: str
    keeper: str
    book: Book
    sights: Sights
    people: tuple[str, ...]
    chats: Mapping[str, str] = field(default_factory=dict)
    accepted: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()


def judge(one: Evidence) -> list[str]:
    """Return everything that is not as it should be."""
    wrong = (ledger, answers, words, places, invitations, decided)
    return [f"{test.__name__}: {said}" for test in wrong for said in test(one)]


def ledger(one: Evidence) -> Iterator[str]:
    """The file is whole, streams have no gaps, and nothing waits."""
    if not one.book.sound:
        yield "the file is damaged"
    versions: Counter[str] = Counter()
    for record in one.book.records:
        versions[record.stream] += 1
        if record.version != versions[record.stream]:
            yield f"{record.stream} goes from {versions[record.stream] - 1} to {record.version}"
    yield from (f"{event} still waits to be heard" for event, waits in one.book.inbox.items() if waits)
    yield from (f"{said.cause}/{said.part} still waits to be said" for said in one.book.said if said.waits)
    twice = Counter((said.cause, said.part) for said in one.book.said)
    yield from (f"{row} is to be said {n} times" for row, n in twice.items() if n > 1)


def answers(one: Evidence) -> Iterator[str]:
    """Whatever the service took in of people's commands has one answer; what was said to be done is kept."""
    replies, reactions = _answers(one)
    yield from (f"{event} is not in its room any more" for event in one.told - one.sights.events.keys())
    for command in commands(one):
        told, shown = replies[command.id], reactions[command.id]
        name = f"{command.sender}'s {command.content.get('body')!r} ({command.id})"
        if told > 1:
            yield f"{name} has {told} answers"
        if len(shown) != len(set(shown)):
            yield f"{name} has the reactions {shown}"
        if command.id in one.accepted and not told and not shown:
            yield f"{name} was taken in and has no answer"
        if command.id in one.accepted and command.id not in one.book.inbox:
            yield f"{name} was taken in and is not in the ledger"
        if (told or shown) and command.id not in one.book.causes:
            yield f"{name} was answered, and the ledger does not know it"


def _answers(one: Evidence) -> tuple[Counter[str], dict[str, list[str]]]:
    """Return how many replies each event has of the keeper, and which reactions."""
    replies, reactions = Counter[str](), defaultdict[str, list[str]](list)
    for event in one.sights.events.values():
        if event.sender != one.keeper:
            continue
        relation: Any = event.content.get("m.relates_to") or {}
        if event.kind == WORDS and not _edits(event):
            replies[relation.get("m.in_reply_to", {}).get("event_id", "")] += 1
        elif event.kind == REACTION:
            reactions[relation.get("event_id", "")].append(str(relation.get("key")))
    return replies, reactions


def commands(one: Evidence) -> Iterator[Event]:
    """Yield what people asked of the keeper in private and did not take back."""
    for person, chat in one.chats.items():
        for event in one.sights.room(chat).timeline:
            if (
                event.kind == WORDS
                and event.sender == person
                and str(event.content.get("body")).startswith("!")
            ):
                yield event


def words(one: Evidence) -> Iterator[str]:
    """Each thing that was to be said was said once, and nothing else was."""
    known, said = (
        defaultdict[tuple[str, bool], list[Said]](list),
        defaultdict[tuple[str, bool], list[Event]](list),
    )
    for row in one.book.said:
        if row.sent is not None and row.sent_room is not None:
            known[row.sent_room, bool(row.ack)].append(row)
            if row.sent_room in one.sights.rooms and row.sent not in one.sights.events:
                yield f"{row.cause}/{row.part} was said as {row.sent}, which nobody sees"
        cause = row.cause.partition("/")[0] if "/choice/" in row.cause else row.cause
        if cause not in one.book.causes:
            yield f"{row.cause}/{row.part} is said because of nothing"
    ours = {room for _, room in one.sights.keyed}
    for event in one.sights.events.values():
        if event.sender == one.keeper and event.kind in {WORDS, REACTION} and event.room in ours:
            said[event.room, event.kind == REACTION].append(event)
    for (room, is_reaction), events in said.items():
        rows = known[room, is_reaction]
        what = "reactions" if is_reaction else "messages"
        strange = {event.id for event in events if not _edits(event)} - {row.sent for row in rows}
        yield from (f"{event} in {room} was said, and the ledger does not know it" for event in strange)
        if len(events) > len(rows):
            yield f"{room} has {len(events)} {what}, and the ledger knows {len(rows)}"


def _edits(event: Event) -> bool:
    relation: Any = event.content.get("m.relates_to") or {}
    return bool(relation.get("rel_type") == "m.replace")


def places(one: Evidence) -> Iterator[str]:
    """Each place has one room."""
    for key, n in Counter(key for key, _ in one.sights.keyed).items():
        if n > 1:
            yield f"{key} has {n} rooms"


def invitations(one: Evidence) -> Iterator[str]:
    """Nobody is invited by the keeper who is invited or in already."""
    for key, room in one.sights.keyed:
        now: dict[str, str] = {}
        for event in one.sights.room(room).timeline:
            if event.kind != "m.room.member" or event.key is None:
                continue
            if event.membership == "invite" and now.get(event.key) in {"invite", "join"}:
                yield f"{event.key} is invited to {key}, being {now[event.key]} already"
            now[event.key] = event.membership


def decided(one: Evidence) -> Iterator[str]:
    """Everyone is where the story has them, with the rights that it gives; each grant has its reasons."""
    told = Told()
    rooms = Rooms(_seen(one.sights), one.keeper, told, one.sights.opened)
    traces = Traces(_seen(one.sights), told)
    gone: dict[Any, datetime] = {}
    for record in _of_hall(one):
        try:
            traces.check(record)  # type: ignore[arg-type] # the same by another reading
        except (AssertionError, KeyError) as why:
            by = getattr(record.fact, "by", None)
            if (
                type(record.fact).__name__ == "Proposed"
                and abs(record.at - gone.get(by, _LONG_AGO)) < _AT_ONCE
            ):
                traces.asked[record.fact.mark] = record.fact  # rooms are heard side by side
            else:
                yield f"{record.fact} is not what was said: {why}"
        if type(record.fact).__name__ == "Departed":
            gone[record.fact.person] = record.at
        told.read(record)  # type: ignore[arg-type]
        if told.key:
            rooms.follow(one.people, record.at)
    if told.key:
        yield from (said for said in rooms.differences(one.people) if not _came_before(one, told, said))


def _came_before(one: Evidence, told: Told, said: str) -> bool:
    """Return whether somebody was asked on to a rung again before they could be let go from it.

    They are in its space already, and stand there once they come anew.
    """
    for rung in told.rungs:
        key = f"{one.key}/rung/{rung}"
        for person in told.asked[rung] if key in one.sights.opened else ():
            came = one.sights.room(one.sights.opened[key]).state.get(("m.room.member", person))
            counted = came is not None and came.membership == "join" and came.id in one.book.causes
            if counted and said.startswith(f"{person} is join in {key}, "):
                return True
    return False


def _of_hall(one: Evidence) -> Iterable[Record]:
    own = (one.key, f"{one.key}/")
    return (r for r in one.book.records if r.stream == own[0] or r.stream.startswith(own[1]))


def _seen(sights: Sights) -> Any:
    return sights


def link(one: Evidence, other: Evidence) -> Iterator[str]:
    """Both halls believe the same about their link."""
    ours, theirs = _half(one, other), _half(other, one)
    if ours["stands"] != theirs["stands"]:
        yield f"{one.key} believes the link {ours['stands']}, {other.key} {theirs['stands']}"
    for mine, yours, who, whom in ((ours, theirs, one, other), (theirs, ours, other, one)):
        if yours["heard"] is not None and yours["heard"] != mine["stated"]:
            yield f"{whom.key} has heard {yours['heard']} of {who.key}, which states {mine['stated']}"


def _half(one: Evidence, other: Evidence) -> dict[str, Any]:
    """Read once more what one hall states about the link, what it has heard, and where it stands then."""
    asked: dict[str, str] = {}
    agreed: set[str] = set()
    ended, heard = False, None
    for record in one.book.records:
        fact, kind = record.fact, type(record.fact).__name__
        if record.stream != f"{one.key}/sisters":
            continue
        match kind:
            case "LinkNamed" if fact.keeper == other.keeper:
                ended = False
            case "LinkAsked":
                asked[fact.question] = repr(fact.terms)
            case "LinkAgreed":
                agreed, ended = {asked[fact.question]}, False
            case "LinkEnded" | "LinkLetGo":
                agreed, ended = set(), True
            case "StatementHeard":
                heard = (frozenset(map(repr, fact.agreed)), fact.ended)
    both = heard is not None and bool(agreed & heard[0])
    over = ended or (heard is not None and heard[1])
    stands = "over" if over else "holds" if both else "does not hold"
    return {"stated": (frozenset(agreed), ended), "heard": heard, "stands": stands}
