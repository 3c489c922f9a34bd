"""What every `crewhall.ports.Ledger` promises. Each promise is an async function that is given an empty one.

Run all of `PROMISES` against an implementation: it may not raise.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from crewhall.errors import Stale
from crewhall.ground.facts import HOUSE, ChatNamed, Writing
from crewhall.ground.ids import EventId, RoomKey
from crewhall.ground.talk import (
    Card,
    PersonLink,
    Reply,
    RoomLink,
    Say,
    Sentence,
    ToPerson,
    ToRoom,
    Value,
    Verbatim,
)
from crewhall.ports import Entry, Ledger, Measures
from crewhall.testing.ledger_forgetting import FORGETTING
from crewhall.testing.ledger_values import (
    ANN,
    AT,
    BEN,
    CARD,
    CHAT,
    CLOSED,
    CRAFT,
    LOBBY,
    OPENED,
    check,
    event,
    same,
)

Promise = Callable[[Ledger], Awaitable[None]]


async def facts_come_back_in_order(ledger: Ledger) -> None:
    """Each has its number in the ledger and in its stream; reading goes on from any of them."""
    one = await ledger.commit(
        Entry("$one", AT, (Writing(HOUSE, OPENED), Writing(CRAFT, CLOSED), Writing(HOUSE, CLOSED)))
    )
    two = await ledger.commit(Entry("$two", AT, (Writing(CRAFT, ChatNamed(ANN, RoomKey("chat/1"))),)))
    same([(r.seq, r.stream, r.version, r.cause) for r in (*one, *two)], [
        (1, HOUSE, 1, "$one"), (2, CRAFT, 1, "$one"), (3, HOUSE, 2, "$one"), (4, CRAFT, 2, "$two"),
    ])  # fmt: skip
    same(tuple(await ledger.since(0)), (*one, *two))
    same(tuple(await ledger.since(2)), (*one[2:], *two))
    same(await ledger.since(4), [])
    same([r.at for r in one], [AT] * 3)
    same(await ledger.caused_by("$one"), one)
    same(await ledger.caused_by("$three"), ())


async def a_cause_works_once(ledger: Ledger) -> None:
    """Give again what was given, whatever is asked now; the handled event goes all the same."""
    (incoming,) = await ledger.take_in([event("$one")], AT)
    said = Say(ToRoom(RoomKey("rivendell")), Sentence("hello"))
    first = await ledger.commit(Entry("$one", AT, (Writing(HOUSE, OPENED, 0),), (said,)))
    again = Entry("$one", AT, (Writing(HOUSE, CLOSED, 7),), (said, said), handled=incoming.row)
    same(await ledger.commit(again), first)
    for _ in range(2):
        same(await ledger.commit(Entry("$two", AT, says=(said,))), ())
    same(len(await ledger.since(0)), 1)
    same([out.cause for out in await ledger.unsaid()], ["$one", "$two"])
    same(await ledger.waiting(), [])


async def what_was_decided_on_old_facts_is_not_written(ledger: Ledger) -> None:
    """Nothing of a stale entry is: no fact, no word, and its event still waits."""
    (incoming,) = await ledger.take_in([event("$two")], AT)
    await ledger.commit(Entry("$one", AT, (Writing(HOUSE, OPENED, 0),)))
    stale = Entry(
        "$two",
        AT,
        (Writing(CRAFT, OPENED), Writing(HOUSE, CLOSED, 0)),
        (Say(Reply(), Sentence("done")),),
        LOBBY,
        handled=incoming.row,
    )
    try:
        await ledger.commit(stale)
    except Stale as error:
        same((error.stream, error.expected, error.found), (HOUSE, 0, 1))
    else:
        raise AssertionError("a stale entry was written")
    same((len(await ledger.since(0)), await ledger.unsaid()), (1, []))
    same(await ledger.waiting(), [incoming])
    fresh = Entry("$two", AT, (Writing(HOUSE, CLOSED, 1), Writing(HOUSE, OPENED, 1)))
    same([r.version for r in await ledger.commit(fresh)], [2, 3])


async def an_event_is_taken_in_once_for_ever(ledger: Ledger) -> None:
    """Doubled in one transaction, sent again, or sent again long after it was handled."""
    first = await ledger.take_in([event("$a"), event("$b", CHAT), event("$a")], AT)
    same([i.id for i in first], ["$a", "$b"])
    same(await ledger.take_in([event("$b", CHAT)], AT), [])
    same(await ledger.take_in([], AT), [])
    for incoming in first:
        await ledger.handled(incoming.row)
        await ledger.handled(incoming.row)
    later = await ledger.take_in([event("$b", CHAT), event("$c"), event("$a")], AT + timedelta(days=400))
    same([i.id for i in later], ["$c"])
    check(later[0].row > first[1].row, "rows must grow")


async def events_wait_in_their_order(ledger: Ledger) -> None:
    """Over all rooms or in one, until handled, with all that was in them."""
    await ledger.take_in([event("$a"), event("$b", CHAT), event("$c")], AT)
    await ledger.take_in([event("$d")], AT)
    same([i.id for i in await ledger.waiting()], ["$a", "$b", "$c", "$d"])
    same([i.id for i in await ledger.waiting(LOBBY, limit=2)], ["$a", "$c"])
    (first, *_) = await ledger.waiting()
    same((first.room, first.at, dict(first.event)), (LOBBY, AT, dict(event("$a"))))
    await ledger.commit(Entry("$a", AT, handled=first.row))
    same([i.id for i in await ledger.waiting(LOBBY)], ["$c", "$d"])


async def what_is_to_be_said_waits_in_line(ledger: Ledger) -> None:
    """Begin with the acknowledgement; each with where it came from; until it is said or given up."""
    says = (Say(Reply(), Sentence("done")), Say(ToPerson(BEN), Sentence("hello"), must=True))
    await ledger.commit(Entry("$one", AT, (), says, LOBBY, EventId("$one"), ANN, ack="✅"))
    ack, reply, hello = await ledger.unsaid()
    same([(o.part, o.ack, o.cause) for o in (ack, reply, hello)], [
        (0, "✅", "$one"), (1, "", "$one"), (2, "", "$one"),
    ])  # fmt: skip
    same((ack.room, ack.event, ack.asker, ack.at, ack.sent), (LOBBY, "$one", ANN, AT, None))
    same((reply.say, hello.say), says)
    same([o.row for o in await ledger.unsaid(limit=1)], [ack.row])
    same([o.row for o in await ledger.unsaid(after=ack.row)], [reply.row, hello.row])
    await ledger.said(ack.row, LOBBY, EventId("$ack"))
    await ledger.unsay(reply.row)
    await ledger.said(10_000, LOBBY, EventId("$nothing"))
    await ledger.unsay(10_000)
    same(await ledger.unsaid(), [hello])


async def a_sentence_comes_back_whole(ledger: Ledger) -> None:
    """Whatever it may be filled with."""
    args: dict[str, Value] = {
        "text": "{ quoted } \"'\n\u0000",
        "number": 3,
        "when": AT,
        "who": ANN,
        "room": RoomLink(RoomKey("rivendell/place/lobby"), "Lobby"),
        "person": PersonLink(BEN),
        "lines": Verbatim(("hats:", "  - key: door")),
        "list": ("a", ("@b", 1), (), PersonLink(ANN)),
        "sentence": Sentence("inner", {"deep": Sentence("deeper")}),
    }
    say = Say(
        ToRoom(RoomKey("rivendell")),
        Sentence("outer", args),
        must=True,
        after=RoomKey("rivendell/place/lobby"),
        card=CARD,
    )
    await ledger.commit(Entry("$one", AT, says=(say,)))
    same([o.say for o in await ledger.unsaid()], [say])


async def a_card_is_found_where_it_stands(ledger: Ledger) -> None:
    """Once it is said, by its message or its subject; said again it is one card, as it is now."""
    now = Card(CARD.kind, CARD.subject, ("✅",))
    for cause, card in (("$one", CARD), ("$two", CARD), ("$three", now), ("$four", CARD)):
        await ledger.commit(Entry(cause, AT, says=(Say(Reply(), Sentence("ask"), card=card),)))
    first, second, again, never = await ledger.unsaid()
    same(await ledger.posted(CARD), [])
    await ledger.said(first.row, LOBBY, EventId("$card"))
    await ledger.said(second.row, CHAT, EventId("$card"))
    await ledger.said(again.row, LOBBY, EventId("$card"))
    await ledger.unsay(never.row)
    found = await ledger.card(LOBBY, EventId("$card"))
    check(found is not None and found.card == now and found.room == LOBBY)
    same({p.room: p.card for p in await ledger.posted(now)}, {LOBBY: now, CHAT: CARD})
    same(len(await ledger.posted(CARD)), 2)
    same(await ledger.card(LOBBY, EventId("$other")), None)
    same(await ledger.posted(Card("crew.ask", "another")), [])


async def many_at_once_are_each_written_once(ledger: Ledger) -> None:
    """Also when some of them fail beside the others."""
    entries = [
        Entry(f"${n // 2}", AT, (Writing(CRAFT, OPENED, 99 if n % 10 > 7 else None),))  # noqa: PLR2004 - two of ten come too late
        for n in range(200)
    ]  # fmt: skip
    results = await asyncio.gather(*map(ledger.commit, entries), return_exceptions=True)
    failed = [r for r in results if isinstance(r, BaseException)]
    same({type(error) for error in failed}, {Stale})
    records = await ledger.since(0)
    same([r.version for r in records], list(range(1, 81)))
    same(len(failed), 40)
    same(len({r.cause for r in records}), 80)


async def what_waits_is_counted(ledger: Ledger) -> None:
    """Events until they are handled, messages until they are said or given up."""
    same(await ledger.measure(), Measures(0, 0))
    first, _ = await ledger.take_in([event("$1"), event("$2")], AT)
    says = (
        Say(ToRoom(RoomKey("rivendell")), Sentence("x")),
        Say(ToRoom(RoomKey("rivendell")), Sentence("y")),
    )
    await ledger.commit(Entry("$c", AT, says=says))
    same(await ledger.measure(), Measures(2, 2))
    await ledger.handled(first.row)
    one, other = await ledger.unsaid()
    await ledger.said(one.row, LOBBY, EventId("$said"))
    same(await ledger.measure(), Measures(1, 1))
    await ledger.unsay(other.row)
    same((await ledger.measure()).outbox, 0)


PROMISES: tuple[Promise, ...] = (
    facts_come_back_in_order,
    a_cause_works_once,
    what_was_decided_on_old_facts_is_not_written,
    an_event_is_taken_in_once_for_ever,
    events_wait_in_their_order,
    what_is_to_be_said_waits_in_line,
    a_sentence_comes_back_whole,
    a_card_is_found_where_it_stands,
    many_at_once_are_each_written_once,
    what_waits_is_counted,
    *FORGETTING,
)
