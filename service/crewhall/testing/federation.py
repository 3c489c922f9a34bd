"""Several homeservers that federate: each has its own copy of a room, and tells others what its people do.

What goes wrong between servers follows Synapse 1.163: an invitation or a way in needs the other server at
once; all else waits in a queue for each server. After a long outage, or if the sender was restarted while
something waited, only the newest events of a room are pushed to application services, and what came before
them merely stands in the room (state is right, pushes are not). Concurrent state of one key is settled by
depth, then by id: enough for rooms in which one side writes, and for people who come and go.
"""

import random
from collections import deque
from dataclasses import replace
from typing import Final

from crewhall.ground.ids import EventId, RoomId, UserId, server
from crewhall.ports import Clock
from crewhall.testing import rules
from crewhall.testing.events import MEMBER, UNKNOWN, Event, Refused, Room
from crewhall.testing.letters import SOFT_FAILED
from crewhall.testing.sight import stripped
from crewhall.testing.world import Asker, World

CATCHES_UP: Final = 10
"""Missing events of a room that a server fetches after a gap; what is older is never pushed."""


class Homeland(World):
    """A homeserver of a federation. `heard` are ids of events that came from others, refused ones too."""

    def __init__(self, name: str, federation: "Federation", clock: Clock) -> None:
        super().__init__(name, clock)
        self.federation = federation
        self.heard: set[EventId] = set()

    def append(  # type: ignore[override] # the same, told on
        self,
        room: Room,
        sender: UserId,
        kind: str,
        content: dict[str, object],
        key: str | None = None,
        **more: object,
    ) -> Event:
        """Write an event down and have the other servers of the room told."""
        event = super().append(room, sender, kind, content, key, **more)  # type: ignore[arg-type]
        self.federation.tell(self, room, event)
        return event

    def become(
        self,
        asker: Asker,
        room: str,
        person: UserId,
        membership: str,
        reason: str = "",
        *,
        direct: bool = False,
    ) -> EventId:
        """Change a membership; who is invited elsewhere is told at once, or nothing happens."""
        away = server(person)
        if membership == "invite" and away != self.server and not self.federation.reaches(self.server, away):
            raise Refused(502, UNKNOWN, "Can't connect to server")
        done = super().become(asker, room, person, membership, reason, direct=direct)
        if membership == "invite" and away != self.server:
            self.federation.worlds[away].invited(self.room(room), self.events[done])
        return done

    def enter(self, asker: Asker, room: str) -> RoomId:
        """Join a room by id or alias; one that only others hold is fetched from them."""
        held = self.rooms.get(RoomId(room))
        if room.startswith("#") or (held is not None and self._is_in(held)):
            return super().enter(asker, room)
        host = self.federation.host(self.server, RoomId(room))
        if host is None:
            raise Refused(404, UNKNOWN, "Can't join remote room because no servers were provided")
        host.become(Asker(asker.user), room, asker.user, "join")
        self._fetched(host.rooms[RoomId(room)], asker.user)
        return RoomId(room)

    def invited(self, room: Room, invitation: Event) -> None:
        """Take an invitation of one of ours to a room that is elsewhere."""
        if invitation.id in self.heard:
            return
        shown = {"invite_room_state": stripped(room, room.state.get((MEMBER, invitation.sender)))}
        own = self.rooms.setdefault(room.id, Room(room.id, room.version))
        self._write(own, replace(invitation, unsigned=shown), pushed=True)

    def take(self, event: Event, *, pushed: bool = True) -> None:
        """Take an event from another server; `pushed` tells whether our application services hear of it."""
        room = self.rooms.get(event.room)
        if event.id in self.heard or event.id in self.events or room is None:
            return
        if not self._is_in(room) and not (event.kind == MEMBER and server(event.key or "") == self.server):
            return
        if not self._allows(room, event):
            self.heard.add(event.id)
            self._tell(replace(event, unsigned={**event.unsigned, SOFT_FAILED: True}))
            return
        self._write(room, event, pushed=pushed)

    def _allows(self, room: Room, event: Event) -> bool:
        if not self._is_in(room):
            return True
        try:
            if event.kind == MEMBER and event.key is not None:
                rules.may_become(room, event.sender, UserId(event.key), event.membership)
            else:
                rules.may_send(room, event.sender, event.kind, event.key, event.content)
        except Refused:
            return room.membership(event.key or "") == event.membership != ""  # told in another order
        return True

    def _write(self, room: Room, event: Event, *, pushed: bool) -> None:
        self.heard.add(event.id)
        standing = room.state.get((event.kind, event.key)) if event.key is not None else None
        depths = self.federation.depths
        newer = standing is None or (depths[standing.id], standing.id) < (depths[event.id], event.id)
        before = standing.content if standing is not None else None
        own = replace(event, order=len(self.log), replaces=standing.id if standing else None, before=before)
        self.events[own.id] = own
        room.timeline.append(own)
        if own.key is not None and newer:
            room.state[own.kind, own.key] = own
            if own.kind == MEMBER:
                self._moved(room, UserId(own.key), own.membership)
        if own.redacts is not None and (target := self.events.get(own.redacts)) is not None:
            self._blank(room, target, own)
        if pushed:
            self._tell(own)

    def _tell(self, event: Event) -> None:
        self.events.setdefault(event.id, event)
        self.log.append(event.id)
        for listener in self.listeners:
            listener(event)

    def _fetched(self, theirs: Room, person: UserId) -> None:
        """Hold a copy of a room as it stands elsewhere, and hear of our own coming in."""
        room = Room(theirs.id, theirs.version)
        room.timeline = [replace(event, order=-1) for event in theirs.timeline]
        self.rooms[room.id] = room
        for place, event in theirs.state.items():
            own = replace(event, order=-1)
            self.events[own.id] = room.state[place] = own
            self.heard.add(own.id)
            if own.kind == MEMBER and own.key is not None:
                self._moved(room, UserId(own.key), own.membership)
        joined = replace(theirs.state[MEMBER, person], order=len(self.log))
        self.events[joined.id] = room.state[MEMBER, person] = joined
        room.timeline.append(joined)
        self._tell(joined)

    def _is_in(self, room: Room) -> bool:
        return any(server(person) == self.server for person in room.joined)


class Federation:
    """The homeservers by name, and what is on its way between them. `stopped` are servers that do not run."""

    def __init__(self, clock: Clock, *names: str, luck: random.Random | None = None) -> None:
        self.depths: dict[EventId, int] = {}
        self.stopped: set[str] = set()
        self.worlds: dict[str, Homeland] = {}
        self._cut: set[frozenset[str]] = set()
        self._ways: dict[tuple[str, str], deque[Event]] = {}
        self._gaps: set[tuple[str, str]] = set()
        self._luck = luck
        for name in names:
            self.worlds[name] = Homeland(name, self, clock)

    def reaches(self, one: str, other: str) -> bool:
        """Return whether one server gets an answer from another."""
        down = {one, other} & self.stopped or not {one, other} <= self.worlds.keys()
        return not down and frozenset({one, other}) not in self._cut

    def host(self, asker: str, room: RoomId) -> Homeland | None:
        """Return a reachable server with people in a room."""
        within = (world for name, world in self.worlds.items() if name != asker and self.reaches(asker, name))
        return next((world for world in within if room in world.rooms and world.rooms[room].joined), None)

    def cut(self, one: str, other: str) -> None:
        """Let two servers not reach each other."""
        self._cut.add(frozenset({one, other}))

    def mend(self, one: str, other: str, *, late: bool = False) -> None:
        """Let them reach each other again; `late` if it took so long that they have to catch up."""
        self._cut.discard(frozenset({one, other}))
        if late:
            self._gaps |= {(one, other), (other, one)}

    def stop(self, name: str) -> None:
        """Stop a server; what waited in its queues is found again only by catching up."""
        self.stopped.add(name)
        self._gaps |= {way for way, waiting in self._ways.items() if waiting and way[0] == name}

    def start(self, name: str, *, late: bool = False) -> None:
        """Start it again; `late` if it was away for so long that the others have to catch up."""
        self.stopped.discard(name)
        if late:
            self._gaps |= {way for way in self._ways if name in way}

    def tell(self, origin: Homeland, room: Room, event: Event) -> None:
        """Queue an event for all other servers that have to do with its room."""
        deepest = max((self.depths.get(e.id, 0) for e in room.timeline[-20:]), default=0)
        self.depths[event.id] = deepest + 1
        concerned = {server(person) for person in room.joined}
        if event.kind == MEMBER and event.key is not None:
            concerned |= {server(event.key), *self._inviter(event, origin)}
        for name in sorted(concerned & self.worlds.keys() - {origin.server}):
            self._ways.setdefault((origin.server, name), deque()).append(event)

    def waiting(self, one: str, other: str) -> int:
        """Return how many events are on their way from one server to another."""
        return len(self._ways.get((one, other), ()))

    def deliver(self) -> int:
        """Let everything arrive that can; return how many events did."""
        arrived = 0
        for way in list(self._ways):
            if not self._ways[way] or not self.reaches(*way):
                continue
            waiting, self._ways[way] = list(self._ways[way]), deque()
            quiet = _missed(waiting) if way in self._gaps else frozenset()
            self._gaps.discard(way)
            if self._luck is not None:
                self._luck.shuffle(waiting)
            for event in waiting:
                self.worlds[way[1]].take(event, pushed=event.id not in quiet)
            arrived += len(waiting)
        return arrived

    def _inviter(self, event: Event, origin: Homeland) -> set[str]:
        """Return the server that an invitation came from which this event answers."""
        former = origin.events.get(event.replaces) if event.replaces is not None else None
        return {server(former.sender)} if former is not None else set()


def _missed(waiting: list[Event]) -> frozenset[EventId]:
    """Return which of these events are never pushed: all but the newest of each room."""
    rooms: dict[RoomId, list[EventId]] = {}
    for event in waiting:
        rooms.setdefault(event.room, []).append(event.id)
    return frozenset(one for ids in rooms.values() for one in ids[: -(CATCHES_UP + 1)])
