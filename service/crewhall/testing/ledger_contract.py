"""What every `crewhall.ports.Ledger` promises. Each promise is an async function that is given an empty one.

Run all of `PROMISES` against an implementation: it may not raise.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

from crewhall.errors import Stale
from crewhall.ground.facts import HOUSE, ChatNamed, Lapsed, RoomClosed, RoomOpened, Stream, Writing
from crewhall.ground.ids import EventId, RoomId, RoomKey, UserId
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

Promise = Callable[[Ledger], Awaitable[None]]

AT = datetime(2026, 11, 21, 9, 13, 0, 123456, tzinfo=UTC)
ANN, BEN = UserId("@ann:example.org"), UserId("@ben:example.org:8448")
LOBBY, CHAT = RoomId("!lobby"), RoomId("!chat:example.org")
CRAFT = Stream("rivendell")
OPENED = RoomOpened(RoomKey("rivendell"), RoomId("!rivendell"), "12")
CLOSED = RoomClosed(RoomKey("rivendell"), RoomId("!rivendell"))
CARD = Card("crew.ask", "rivendell/crew/lantern/$cause", ("✅", "❌"))


def _check(right: object, what: str = "") -> None:
    if not right:
        raise AssertionError(what)


def _same(found: object, wanted: object) -> None:
    _check(found == wanted, f"{found!r} is not {wanted!r}")


def event(name: str, room: RoomId = LOBBY, sender: UserId = ANN) -> Mapping[str, object]:
    """Return an event as it is taken in."""
    content = {"msgtype": "m.text", "body": "!help é\u0000\ud800"}
    return {
        "type": "m.room.message",
        "event_id": name,
        "room_id": room,
        "sender": sender,
        "origin_server_ts": 1,
        "content": content,
    }


async def facts_come_back_in_order(ledger: Ledger) -> None:
    """Each has its number in the ledger and in its stream; reading goes on from any of them."""
    one = await ledger.commit(
        Entry("$one", AT, (Writing(HOUSE, OPENED), Writing(CRAFT, CLOSED), Writing(HOUSE, CLOSED)))
    )
    two = await ledger.commit(Entry("$two", AT, (Writing(CRAFT, ChatNamed(ANN, RoomKey("chat/1"))),)))
    _same([(r.seq, r.stream, r.version, r.cause) for r in (*one, *two)], [
        (1, HOUSE, 1, "$one"), (2, CRAFT, 1, "$one"), (3, HOUSE, 2, "$one"), (4, CRAFT, 2, "$two"),
    ])  # fmt: skip
    _same(tuple(await ledger.since(0)), (*one, *two))
    _same(tuple(await ledger.since(2)), (*one[2:], *two))
    _same(await ledger.since(4), [])
    _same([r.at for r in one], [AT] * 3)
    _same(await ledger.caused_by("$one"), one)
    _same(await ledger.caused_by("$three"), ())


async def a_cause_works_once(ledger: Ledger) -> None:
    """Give again what was given, whatever is asked now; the handled event goes all the same."""
    (incoming,) = await ledger.take_in([event("$one")], AT)
    said = Say(ToRoom(RoomKey("rivendell")), Sentence("hello"))
    first = await ledger.commit(Entry("$one", AT, (Writing(HOUSE, OPENED, 0),), (said,)))
    again = Entry("$one", AT, (Writing(HOUSE, CLOSED, 7),), (said, said), handled=incoming.row)
    _same(await ledger.commit(again), first)
    for _ in range(2):
        _same(await ledger.commit(Entry("$two", AT, says=(said,))), ())
    _same(len(await ledger.since(0)), 1)
    _same([out.cause for out in await ledger.unsaid()], ["$one", "$two"])
    _same(await ledger.waiting(), [])


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
        _same((error.stream, error.expected, error.found), (HOUSE, 0, 1))
    else:
        raise AssertionError("a stale entry was written")
    _same((len(await ledger.since(0)), await ledger.unsaid()), (1, []))
    _same(await ledger.waiting(), [incoming])
    fresh = Entry("$two", AT, (Writing(HOUSE, CLOSED, 1), Writing(HOUSE, OPENED, 1)))
    _same([r.version for r in await ledger.commit(fresh)], [2, 3])


async def an_event_is_taken_in_once_for_ever(ledger: Ledger) -> None:
    """Doubled in one transaction, sent again, or sent again long after it was handled."""
    first = await ledger.take_in([event("$a"), event("$b", CHAT), event("$a")], AT)
    _same([i.id for i in first], ["$a", "$b"])
    _same(await ledger.take_in([event("$b", CHAT)], AT), [])
    _same(await ledger.take_in([], AT), [])
    for incoming in first:
        await ledger.handled(incoming.row)
        await ledger.handled(incoming.row)
    later = await ledger.take_in([event("$b", CHAT), event("$c"), event("$a")], AT + timedelta(days=400))
    _same([i.id for i in later], ["$c"])
    _check(later[0].row > first[1].row, "rows must grow")


async def events_wait_in_their_order(ledger: Ledger) -> None:
    """Over all rooms or in one, until handled, with all that was in them."""
    await ledger.take_in([event("$a"), event("$b", CHAT), event("$c")], AT)
    await ledger.take_in([event("$d")], AT)
    _same([i.id for i in await ledger.waiting()], ["$a", "$b", "$c", "$d"])
    _same([i.id for i in await ledger.waiting(LOBBY, limit=2)], ["$a", "$c"])
    (first, *_) = await ledger.waiting()
    _same((first.room, first.at, dict(first.event)), (LOBBY, AT, dict(event("$a"))))
    await ledger.commit(Entry("$a", AT, handled=first.row))
    _same([i.id for i in await ledger.waiting(LOBBY)], ["$c", "$d"])


async def what_is_to_be_said_waits_in_line(ledger: Ledger) -> None:
    """Begin with the acknowledgement; each with where it came from; until it is said or given up."""
    says = (Say(Reply(), Sentence("done")), Say(ToPerson(BEN), Sentence("hello"), must=True))
    await ledger.commit(Entry("$one", AT, (), says, LOBBY, EventId("$one"), ANN, ack="✅"))
    ack, reply, hello = await ledger.unsaid()
    _same([(o.part, o.ack, o.cause) for o in (ack, reply, hello)], [
        (0, "✅", "$one"), (1, "", "$one"), (2, "", "$one"),
    ])  # fmt: skip
    _same((ack.room, ack.event, ack.asker, ack.at, ack.sent), (LOBBY, "$one", ANN, AT, None))
    _same((reply.say, hello.say), says)
    _same([o.row for o in await ledger.unsaid(limit=1)], [ack.row])
    _same([o.row for o in await ledger.unsaid(after=ack.row)], [reply.row, hello.row])
    await ledger.said(ack.row, LOBBY, EventId("$ack"))
    await ledger.unsay(reply.row)
    await ledger.said(10_000, LOBBY, EventId("$nothing"))
    await ledger.unsay(10_000)
    _same(await ledger.unsaid(), [hello])


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
    _same([o.say for o in await ledger.unsaid()], [say])


async def a_card_is_found_where_it_stands(ledger: Ledger) -> None:
    """Once it is said, by its message or its subject; said again it is one card, as it is now."""
    now = Card(CARD.kind, CARD.subject, ("✅",))
    for cause, card in (("$one", CARD), ("$two", CARD), ("$three", now), ("$four", CARD)):
        await ledger.commit(Entry(cause, AT, says=(Say(Reply(), Sentence("ask"), card=card),)))
    first, second, again, never = await ledger.unsaid()
    _same(await ledger.posted(CARD), [])
    await ledger.said(first.row, LOBBY, EventId("$card"))
    await ledger.said(second.row, CHAT, EventId("$card"))
    await ledger.said(again.row, LOBBY, EventId("$card"))
    await ledger.unsay(never.row)
    found = await ledger.card(LOBBY, EventId("$card"))
    _check(found is not None and found.card == now and found.room == LOBBY)
    _same({p.room: p.card for p in await ledger.posted(now)}, {LOBBY: now, CHAT: CARD})
    _same(len(await ledger.posted(CARD)), 2)
    _same(await ledger.card(LOBBY, EventId("$other")), None)
    _same(await ledger.posted(Card("crew.ask", "another")), [])


async def somebody_can_be_forgotten(ledger: Ledger) -> None:
    """Facts stay, under one stand-in; what was theirs goes; others lose nothing; twice is once."""
    chats = (Writing(HOUSE, ChatNamed(ANN, RoomKey("chat/a"))), Writing(HOUSE, ChatNamed(BEN, RoomKey("b"))))
    says = (
        Say(Reply(), Sentence("done")),
        Say(ToPerson(ANN), Sentence("hello"), card=CARD),
        Say(ToPerson(BEN), Sentence("about", {"who": PersonLink(ANN)})),
    )
    await ledger.take_in([event("$a"), event("$b", sender=BEN)], AT)
    await ledger.commit(Entry("$one", AT, chats, says, LOBBY, EventId("$one"), ANN))
    await ledger.commit(Entry("$two", AT, (Writing(HOUSE, ChatNamed(ANN, RoomKey("chat/c"))),)))
    await ledger.said((await ledger.unsaid())[1].row, CHAT, EventId("$card"))
    for _ in range(2):
        await ledger.forget(ANN)
    named = [r.fact.person for r in await ledger.since(0) if isinstance(r.fact, ChatNamed)]
    _check(named[0].startswith("@forgotten-") and named[0].endswith(":invalid"), named[0])
    _same(named, [named[0], BEN, named[0]])
    _same(await ledger.caused_by("$one"), tuple(await ledger.since(0))[:2])
    _same([i.id for i in await ledger.waiting()], ["$b"])
    (left,) = await ledger.unsaid()
    _same((left.say.to, left.say.text.args["who"]), (ToPerson(BEN), PersonLink(named[0])))
    _check(left.asker != ANN, "who asked is remembered")
    _same(await ledger.posted(CARD), [])
    _same(await ledger.take_in([event("$a")], AT), [])


async def what_names_somebody_is_counted(ledger: Ledger) -> None:
    """By kind of record, for them alone; nothing names who was forgotten or never was here."""
    _same(dict(await ledger.naming(ANN)), {})
    naming = (Writing(HOUSE, ChatNamed(ANN, RoomKey("a"))), Writing(HOUSE, ChatNamed(BEN, RoomKey("b"))))
    await ledger.commit(Entry("$one", AT, naming))
    await ledger.commit(Entry("$two", AT, (Writing(HOUSE, ChatNamed(ANN, RoomKey("c"))),)))
    _same(dict(await ledger.naming(ANN)), {"ChatNamed": 2})
    await ledger.forget(ANN)
    _same((dict(await ledger.naming(ANN)), dict(await ledger.naming(BEN))), ({}, {"ChatNamed": 1}))


async def who_comes_back_is_somebody_new(ledger: Ledger) -> None:
    """Keep what they did before from being theirs again."""
    await ledger.commit(Entry("$one", AT, (Writing(HOUSE, ChatNamed(ANN, RoomKey("chat/a"))),)))
    await ledger.forget(ANN)
    await ledger.commit(Entry("$two", AT, (Writing(HOUSE, ChatNamed(ANN, RoomKey("chat/b"))),)))
    before, after = [r.fact.person for r in await ledger.since(0) if isinstance(r.fact, ChatNamed)]
    _check(before != ANN)
    _same(after, ANN)


async def what_is_past_is_emptied_and_keeps_its_place(ledger: Ledger) -> None:
    """Its cause works no second time, its version is taken; its card is gone, others' cards stay."""
    naming = (Writing(HOUSE, ChatNamed(ANN, RoomKey("a"))), Writing(HOUSE, ChatNamed(BEN, RoomKey("b"))))
    card = Say(Reply(), Sentence("card"), card=CARD)
    await ledger.commit(Entry("$one", AT, naming[:1], (card,)))
    await ledger.commit(Entry("$two", AT, naming[1:]))
    (said,) = await ledger.unsaid()
    await ledger.said(said.row, LOBBY, EventId("$card"))
    (refused,) = await asyncio.gather(ledger.lapse([1], 1), return_exceptions=True)
    _same(type(refused), Stale)
    await ledger.lapse([1], 2)
    before, after = await ledger.since(0)
    _same((before.fact, before.version, before.cause), (Lapsed(), 1, "$one"))
    _same((after.fact, after.version), (ChatNamed(BEN, RoomKey("b")), 2))
    _same([r.fact for r in await ledger.commit(Entry("$one", AT, naming))], [Lapsed()])
    _same((dict(await ledger.naming(ANN)), dict(await ledger.naming(BEN))), ({}, {"ChatNamed": 1}))
    _same(await ledger.card(LOBBY, EventId("$card")), None)
    await ledger.commit(Entry("$three", AT, naming[:1]))
    _same((await ledger.since(2))[0].fact, ChatNamed(ANN, RoomKey("a")))


async def old_ids_can_be_dropped(ledger: Ledger) -> None:
    """Of what is done with; what waits and what stands stays, and so do facts and causes of facts."""
    done, _ = await ledger.take_in([event("$done"), event("$waits")], AT)
    await ledger.handled(done.row)
    await ledger.take_in([event("$new")], AT + timedelta(days=2))
    says = (Say(Reply(), Sentence("said")), Say(Reply(), Sentence("card"), card=CARD))
    await ledger.commit(Entry("$done", AT, (Writing(HOUSE, OPENED),), says))
    said, card = await ledger.unsaid()
    await ledger.said(said.row, LOBBY, EventId("$said"))
    await ledger.said(card.row, LOBBY, EventId("$card"))
    await ledger.commit(Entry("tick:one", AT, says=says[:1]))
    await ledger.prune(AT + timedelta(days=1))
    _same([i.id for i in await ledger.waiting()], ["$waits", "$new"])
    _same([i.id for i in await ledger.take_in([event("$done"), event("$waits")], AT)], ["$done"])
    _same(len(await ledger.posted(CARD)), 1)
    _same(len(await ledger.commit(Entry("$done", AT))), 1)
    await ledger.commit(Entry("tick:one", AT, says=says[:1]))
    _same([o.cause for o in await ledger.unsaid()], ["tick:one"])


async def many_at_once_are_each_written_once(ledger: Ledger) -> None:
    """Also when some of them fail beside the others."""
    entries = [
        Entry(f"${n // 2}", AT, (Writing(CRAFT, OPENED, 99 if n % 10 > 7 else None),))  # noqa: PLR2004
        for n in range(200)
    ]  # fmt: skip
    results = await asyncio.gather(*map(ledger.commit, entries), return_exceptions=True)
    failed = [r for r in results if isinstance(r, BaseException)]
    _same({type(error) for error in failed}, {Stale})
    records = await ledger.since(0)
    _same([r.version for r in records], list(range(1, 81)))
    _same(len(failed), 40)
    _same(len({r.cause for r in records}), 80)


async def what_waits_is_counted(ledger: Ledger) -> None:
    """Events until they are handled, messages until they are said or given up."""
    _same(await ledger.measure(), Measures(0, 0))
    first, _ = await ledger.take_in([event("$1"), event("$2")], AT)
    says = (
        Say(ToRoom(RoomKey("rivendell")), Sentence("x")),
        Say(ToRoom(RoomKey("rivendell")), Sentence("y")),
    )
    await ledger.commit(Entry("$c", AT, says=says))
    _same(await ledger.measure(), Measures(2, 2))
    await ledger.handled(first.row)
    one, other = await ledger.unsaid()
    await ledger.said(one.row, LOBBY, EventId("$said"))
    _same(await ledger.measure(), Measures(1, 1))
    await ledger.unsay(other.row)
    _same((await ledger.measure()).outbox, 0)


PROMISES: tuple[Promise, ...] = (
    facts_come_back_in_order,
    a_cause_works_once,
    what_was_decided_on_old_facts_is_not_written,
    an_event_is_taken_in_once_for_ever,
    events_wait_in_their_order,
    what_is_to_be_said_waits_in_line,
    a_sentence_comes_back_whole,
    a_card_is_found_where_it_stands,
    somebody_can_be_forgotten,
    who_comes_back_is_somebody_new,
    old_ids_can_be_dropped,
    many_at_once_are_each_written_once,
    what_waits_is_counted,
)
