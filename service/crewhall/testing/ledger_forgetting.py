"""What every `crewhall.ports.Ledger` promises of what it lets go: people, what is past, old ids."""

import asyncio
from datetime import timedelta

from crewhall.errors import Stale
from crewhall.ground.facts import HOUSE, ChatNamed, Lapsed, Writing
from crewhall.ground.ids import EventId, RoomKey
from crewhall.ground.talk import (
    PersonLink,
    Reply,
    Say,
    Sentence,
    ToPerson,
)
from crewhall.ports import Entry, Ledger
from crewhall.testing.ledger_values import (
    ANN,
    AT,
    BEN,
    CARD,
    CHAT,
    LOBBY,
    OPENED,
    check,
    event,
    same,
)


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
    check(named[0].startswith("@forgotten-") and named[0].endswith(":invalid"), named[0])
    same(named, [named[0], BEN, named[0]])
    same(await ledger.caused_by("$one"), tuple(await ledger.since(0))[:2])
    same([i.id for i in await ledger.waiting()], ["$b"])
    (left,) = await ledger.unsaid()
    same((left.say.to, left.say.text.args["who"]), (ToPerson(BEN), PersonLink(named[0])))
    check(left.asker != ANN, "who asked is remembered")
    same(await ledger.posted(CARD), [])
    same(await ledger.take_in([event("$a")], AT), [])


async def what_names_somebody_is_counted(ledger: Ledger) -> None:
    """By kind of record, for them alone; nothing names who was forgotten or never was here."""
    same(dict(await ledger.naming(ANN)), {})
    naming = (Writing(HOUSE, ChatNamed(ANN, RoomKey("a"))), Writing(HOUSE, ChatNamed(BEN, RoomKey("b"))))
    await ledger.commit(Entry("$one", AT, naming))
    await ledger.commit(Entry("$two", AT, (Writing(HOUSE, ChatNamed(ANN, RoomKey("c"))),)))
    same(dict(await ledger.naming(ANN)), {"ChatNamed": 2})
    await ledger.forget(ANN)
    same((dict(await ledger.naming(ANN)), dict(await ledger.naming(BEN))), ({}, {"ChatNamed": 1}))


async def who_comes_back_is_somebody_new(ledger: Ledger) -> None:
    """Keep what they did before from being theirs again."""
    await ledger.commit(Entry("$one", AT, (Writing(HOUSE, ChatNamed(ANN, RoomKey("chat/a"))),)))
    await ledger.forget(ANN)
    await ledger.commit(Entry("$two", AT, (Writing(HOUSE, ChatNamed(ANN, RoomKey("chat/b"))),)))
    before, after = [r.fact.person for r in await ledger.since(0) if isinstance(r.fact, ChatNamed)]
    check(before != ANN)
    same(after, ANN)


async def what_is_past_is_emptied_and_keeps_its_place(ledger: Ledger) -> None:
    """Its cause works no second time, its version is taken; its card is gone, others' cards stay."""
    naming = (Writing(HOUSE, ChatNamed(ANN, RoomKey("a"))), Writing(HOUSE, ChatNamed(BEN, RoomKey("b"))))
    card = Say(Reply(), Sentence("card"), card=CARD)
    await ledger.commit(Entry("$one", AT, naming[:1], (card,)))
    await ledger.commit(Entry("$two", AT, naming[1:]))
    (said,) = await ledger.unsaid()
    await ledger.said(said.row, LOBBY, EventId("$card"))
    (refused,) = await asyncio.gather(ledger.lapse([1], 1), return_exceptions=True)
    same(type(refused), Stale)
    await ledger.lapse([1], 2)
    before, after = await ledger.since(0)
    same((before.fact, before.version, before.cause), (Lapsed(), 1, "$one"))
    same((after.fact, after.version), (ChatNamed(BEN, RoomKey("b")), 2))
    same([r.fact for r in await ledger.commit(Entry("$one", AT, naming))], [Lapsed()])
    same((dict(await ledger.naming(ANN)), dict(await ledger.naming(BEN))), ({}, {"ChatNamed": 1}))
    same(await ledger.card(LOBBY, EventId("$card")), None)
    await ledger.commit(Entry("$three", AT, naming[:1]))
    same((await ledger.since(2))[0].fact, ChatNamed(ANN, RoomKey("a")))


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
    same([i.id for i in await ledger.waiting()], ["$waits", "$new"])
    same([i.id for i in await ledger.take_in([event("$done"), event("$waits")], AT)], ["$done"])
    same(len(await ledger.posted(CARD)), 1)
    same(len(await ledger.commit(Entry("$done", AT))), 1)
    await ledger.commit(Entry("tick:one", AT, says=says[:1]))
    same([o.cause for o in await ledger.unsaid()], ["tick:one"])


FORGETTING = (
    somebody_can_be_forgotten,
    what_names_somebody_is_counted,
    who_comes_back_is_somebody_new,
    what_is_past_is_emptied_and_keeps_its_place,
    old_ids_can_be_dropped,
)
