"""Decides into which room something goes that is to be said, or that it waits, or will never be said."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import unquote

from crewhall import house as rules
from crewhall.ground import ids
from crewhall.ground.hall import House
from crewhall.ground.ids import RoomId, RoomKey, UserId
from crewhall.ground.talk import Reply, ToPerson, ToRoom
from crewhall.ports import Outgoing


@dataclass(frozen=True, slots=True)
class Waits:
    """Until this room exists."""

    key: RoomKey


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Until this person's chat has a name."""

    person: UserId


@dataclass(frozen=True, slots=True)
class Never:
    """`bug`: it should not have been decided at all."""

    why: str
    bug: bool = False


_MARKS: Final = dict.fromkeys([0xFE0F, *range(0x1F3FB, 0x1F400)])
Address: TypeAlias = RoomId | Waits | Unnamed | Never


def address(house: House, out: Outgoing) -> Address:
    """Return where it goes now."""
    if out.ack:
        return out.room if out.room is not None else Never("an acknowledgement of nothing", bug=True)
    after = out.say.after
    if after is not None and after not in house.rooms:
        wish = rules.wish(house, after)
        if wish is None or wish.closed:
            return Never("the room it tells of will not be")
        return Waits(after)
    match out.say.to:
        case Reply():
            return out.room if out.room is not None else Never("a reply to nobody", bug=True)
        case ToPerson(person=person):
            return _to_person(house, person)
        case ToRoom(key=key):
            return _to_room(house, key)


def _to_person(house: House, person: UserId) -> Address:
    key = house.chats.get(person)
    if key is None:
        return Unnamed(person)
    if person in house.away:
        return Never("this person has left the private chat")
    opened = house.rooms.get(key)
    return opened.room if opened is not None else Waits(key)


def _to_room(house: House, key: RoomKey) -> Address:
    wish = rules.wish(house, key)
    if wish is None or wish.closed:
        return Never("the room is gone")
    if wish.encrypted:
        return Never("the keeper never speaks where it cannot read", bug=True)
    opened = house.rooms.get(key)
    return opened.room if opened is not None else Waits(key)


def is_alias(house: House, homeserver: str, alias: str) -> bool:
    """Return whether a room of ours goes by an alias, quoted as in a URL: a crew, a place, a space."""
    name = unquote(alias)
    if ids.server(name) != homeserver:
        return False
    local = ids.local(name)
    return any(ids.alias_of(key) == local for key in house.rooms)


def is_being_posted(house: House, unsaid: Iterable[Outgoing], room: RoomId, choice: str) -> bool:
    """Return whether a card with this choice is just being said in a room."""
    cards = (out for out in unsaid if out.say.card is not None and choice in map(bare, out.say.card.choices))
    return any(address(house, out) == room for out in cards)


def bare(choice: str) -> str:
    """Return an emoji without what only says how it looks, and of which skin."""
    return choice.translate(_MARKS)
