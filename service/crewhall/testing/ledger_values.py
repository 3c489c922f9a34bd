"""What is written into ledgers on trial: an instant, people, rooms, facts, a card, an event."""

from collections.abc import Mapping
from datetime import UTC, datetime

from crewhall.ground.facts import RoomClosed, RoomOpened, Stream
from crewhall.ground.ids import RoomId, RoomKey, UserId
from crewhall.ground.talk import Card

AT = datetime(2026, 11, 21, 9, 13, 0, 123456, tzinfo=UTC)
ANN, BEN = UserId("@ann:example.org"), UserId("@ben:example.org:8448")
LOBBY, CHAT = RoomId("!lobby"), RoomId("!chat:example.org")
CRAFT = Stream("rivendell")
OPENED = RoomOpened(RoomKey("rivendell"), RoomId("!rivendell"), "12")
CLOSED = RoomClosed(RoomKey("rivendell"), RoomId("!rivendell"))
CARD = Card("crew.ask", "rivendell/crew/lantern/$cause", ("✅", "❌"))


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


def check(right: object, what: str = "") -> None:
    """Raise `AssertionError` if it is not right."""
    if not right:
        raise AssertionError(what)


def same(found: object, wanted: object) -> None:
    """Raise `AssertionError` if it is another."""
    check(found == wanted, f"{found!r} is not {wanted!r}")
