"""A day in the life of a link about which nothing happens: what goes between the servers, and what is read.

Two whole services on fakes, in told time, a few minutes at a time.
"""

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import kin

from crewhall.ground.ids import RoomId, UserId
from crewhall.ground.rooms import RoomSeen
from crewhall.testing.events import Event, Room
from crewhall.testing.federation import Homeland
from crewhall.testing.sisters import Home, Sisters
from crewhall_bridges.sister.bond import letterbox, links, state_of
from crewhall_bridges.sister.errand import Letterboxes

OURS, DALE = "ours.test", "dale.test"
SPAN, DAY = timedelta(minutes=10), timedelta(days=1)
MOST_READS = 2 * 27
"""Two letterboxes, ours and theirs, each looked at once an hour, give or take a tenth."""
KIB = 1024


class Traffic:
    """What goes from server to server, and what each service reads of letterboxes, in bytes of JSON."""

    def __init__(self, sisters: Sisters) -> None:
        self.events = 0
        self.bytes = 0
        self.reads: Counter[str] = Counter()
        self.read: Counter[str] = Counter()
        self._tell = sisters.federation.tell
        sisters.federation.tell = self._told  # type: ignore[method-assign] # counted, and told on
        for home in sisters:
            self._watch(home)

    def _told(self, origin: Homeland, room: Room, event: Event) -> None:
        self._tell(origin, room, event)
        self.events += 1
        self.bytes += len(json.dumps(event.seen()))

    def _watch(self, home: Home) -> None:
        look = home.homeserver.look

        async def looked(room: RoomId) -> RoomSeen:
            if room in boxes(home):
                state = home.world.state(home.world.asker(home.me), room)
                self.reads[home.name] += 1
                self.read[home.name] += len(json.dumps([event.seen() for event in state]))
            return await look(room)

        home.homeserver.look = looked  # type: ignore[method-assign] # counted, and looked


async def measure(row: Callable[..., Any]) -> list[Any]:
    """Link two communities and let a day pass."""
    charters = {
        server: kin.charter(key, f"@ann:{server}", f"@ben:{server}")
        for server, key in ((OURS, "shire"), (DALE, "dale"))
    }
    async with Sisters(Letterboxes, charters) as sisters:
        await _link(sisters)
        await sisters.wait(timedelta(hours=3))
        traffic, ends = Traffic(sisters), sisters.clock.now() + DAY
        said = sum(len(home.world.log) for home in sisters)
        while sisters.clock.now() < ends:
            await sisters.wait(min(SPAN, ends - sisters.clock.now()))
        said = sum(len(home.world.log) for home in sisters) - said
        if not all(
            state_of(link, sisters.clock.now()) == "holds" for home in sisters for link in _links(home)
        ):
            raise RuntimeError("the link does not hold")
    reads, read = max(traffic.reads.values()), max(traffic.read.values()) / KIB
    note = f"{traffic.bytes} bytes of JSON; {said} events in all rooms of both servers"
    each = f"of our own homeserver, each side; {KIB * read / reads:.0f} bytes of JSON a read"
    return [
        row("sisters: idle link, between servers", traffic.events + said, 0, unit="events a day", note=note),
        row("sisters: idle link, looks", reads, MOST_READS, unit="reads a day", note=each),
        row("sisters: idle link, looked at", read, 300.0, unit="KiB a day", note="of our own homeserver"),
    ]


def boxes(home: Home) -> set[RoomId]:
    """Return the letterboxes of a side: its own, and its sister's."""
    hall = home.keeping.house.halls[kin.CommunityKey(home.charter.key)]
    own = {home.room(letterbox(hall, link)) for link in _links(home)}
    return own | {link.room for link in _links(home) if link.room is not None}


def _links(home: Home) -> list[Any]:
    return list(links(home.keeping.house.halls[kin.CommunityKey(home.charter.key)]))


async def _link(sisters: Sisters) -> None:
    """Have both name the other, and say yes."""
    ours, dale = sisters
    for home, other in ((ours, dale), (dale, ours)):
        await home.tell(home.ann, f"!link with {other.me}")
        await sisters.settle()
    for home in sisters:
        chat = home.room(home.chats.key(UserId(home.ann.id)))
        asked = [card for card in home.cards(chat) if "proposes to link with" in str(card.content["body"])]
        await home.ann.react(chat, asked[-1].id, "✅")
        await sisters.settle()
