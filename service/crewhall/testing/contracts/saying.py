"""Promises about what is said: once for each transaction id, never twice the same, and taken back."""

from crewhall.errors import NotThere
from crewhall.ground.ids import EventId, RoomId
from crewhall.ground.rooms import LOCATOR
from crewhall.testing.contracts.stage import Stage, must, refused, room, same

NOTE = "org.example.note"
MESSAGE = "m.room.message"


def _notice(text: str) -> dict[str, object]:
    return {"msgtype": "m.notice", "body": text, "m.mentions": {}}


async def a_message_is_sent_once_for_each_transaction(stage: Stage) -> None:
    place = await room(stage)
    txn = stage.word()
    first = await stage.keeper.send(place, MESSAGE, _notice("hello"), txn)
    same(await stage.keeper.send(place, MESSAGE, _notice("hello"), txn), first, "the event, sent again")
    other = await stage.keeper.send(place, MESSAGE, _notice("hello"), stage.word())
    must(other != first, "another transaction is another message")


async def a_transaction_belongs_to_its_room(stage: Stage) -> None:
    txn = stage.word()
    first, second = [await stage.keeper.send(await room(stage), MESSAGE, _notice("hi"), txn) for _ in "ab"]
    must(first != second, "two rooms, two messages")


async def the_same_state_is_not_written_again(stage: Stage) -> None:
    place = await room(stage)
    first = await stage.keeper.put_state(place, NOTE, "", {"text": "a", "n": [1, {"b": None}]})
    again = await stage.keeper.put_state(place, NOTE, "", {"n": [1, {"b": None}], "text": "a"})
    same(again, first, "the event, written again")
    other = await stage.keeper.put_state(place, NOTE, "", {"text": "b"})
    must(other != first, "other content is another event")
    back = await stage.keeper.put_state(place, NOTE, "", {"text": "a", "n": [1, {"b": None}]})
    must(back != first, "going back is another event")


async def the_same_state_by_somebody_else_is_written(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage, ann, users={ann.id: 50})
    first = await stage.keeper.put_state(place, NOTE, "", {"text": "a"})
    must(await ann.set_state(place, NOTE, {"text": "a"}) != first, "another sender is another event")


async def nobody_speaks_from_outside(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await ann.create_room({"preset": "private_chat"})
    with refused("a message from outside", "M_FORBIDDEN"):
        await stage.keeper.send(place, MESSAGE, _notice("hello"), stage.word())
    with refused("state from outside", "M_FORBIDDEN"):
        await stage.keeper.put_state(place, NOTE, "", {"text": "a"})
    with refused("a message to nowhere"):
        nowhere = RoomId(f"!{stage.word()}:{stage.server_name}")
        await stage.keeper.send(nowhere, MESSAGE, _notice("hello"), stage.word())


async def a_message_says_something(stage: Stage) -> None:
    place = await room(stage)
    with refused("a message without a body"):
        await stage.keeper.send(place, MESSAGE, {"msgtype": "m.notice"}, stage.word())
    with refused("a number with a fraction", "M_BAD_JSON"):
        await stage.keeper.send(place, NOTE, {"n": 1.5}, stage.word())
    with refused("far too long a message", "M_TOO_LARGE"):
        await stage.keeper.send(place, MESSAGE, _notice("x" * 70_000), stage.word())


async def a_reaction_counts_once(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage, ann)
    card = await stage.keeper.send(place, MESSAGE, _notice("Who comes?"), stage.word())
    first = await ann.react(place, card, "yes")
    with refused("the same reaction again", "M_DUPLICATE_ANNOTATION"):
        await ann.react(place, card, "yes")
    await ann.react(place, card, "no")
    await ann.redact(place, first)
    await ann.react(place, card, "yes")


async def everybody_takes_back_their_own_words(stage: Stage) -> None:
    ann, bob = await stage.person("ann"), await stage.person("bob")
    place = await room(stage, ann, bob, redact=50, users={bob.id: 50})
    said = await ann.say(place, "oops")
    heard = await bob.say(place, "what?")
    with refused("taking another's words back", "M_FORBIDDEN"):
        await ann.redact(place, heard)
    await ann.redact(place, said)
    await bob.redact(place, await ann.say(place, "again"))


async def what_was_taken_back_is_blank(stage: Stage) -> None:
    place = await room(stage)
    written = await stage.keeper.put_state(place, LOCATOR, "", {"key": "rivendell", "v": 1})
    txn = stage.word()
    await stage.keeper.redact(place, written, txn)
    await stage.keeper.redact(place, written, txn)
    same((await stage.keeper.look(place)).locator, None, "the locator")
    same(await stage.keeper.state(place, LOCATOR), {}, "its content")


async def what_was_never_said_cannot_be_taken_back(stage: Stage) -> None:
    ann = await stage.person("ann")
    place = await room(stage, ann)
    try:
        await ann.redact(place, EventId(f"${stage.word()}"))
    except NotThere:
        return
    must(False, "an unknown event was redacted")  # noqa: FBT003 - it must not come here


PROMISES = (
    a_message_is_sent_once_for_each_transaction,
    a_transaction_belongs_to_its_room,
    the_same_state_is_not_written_again,
    the_same_state_by_somebody_else_is_written,
    nobody_speaks_from_outside,
    a_message_says_something,
    a_reaction_counts_once,
    everybody_takes_back_their_own_words,
    what_was_taken_back_is_blank,
    what_was_never_said_cannot_be_taken_back,
)
