"""Decides what the ledger would say, by what the keeper's rooms show. Pure: looks in, entries out.

Every entry's cause is its room, so that recovering twice, or going on after a stop, writes nothing double.
People are counted where they are, and nobody is given more than they were found with.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from crewhall.charter.model import Charter
from crewhall.ground import ids, names
from crewhall.ground.facts import HOUSE, ChatLeft, ChatNamed, Fact, RoomOpened, Stream, Writing
from crewhall.ground.ids import CommunityKey, RoomId, RoomKey, RungKey, UserId
from crewhall.ground.rights import level
from crewhall.ground.rooms import RoomSeen
from crewhall.ground.seasons import later
from crewhall.ground.worn import KEYS
from crewhall.life.community.facts import Founded
from crewhall.life.community.fold import top
from crewhall.life.community.written import charter_in
from crewhall.life.hats.facts import HatTaken
from crewhall.life.standing.facts import Arrived, Departed, LeftRung, Stood
from crewhall.ports import Entry
from crewhall.recovering.crews import crew_facts

CAUSE: Final = "recover:"
_MOMENT: Final = timedelta(milliseconds=1)
"""Keys are found after the founding: they were not given by it, and open no rung."""
_TERM: Final = 12


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: entries in the order in which they are written, and what stays unknown.

    `charters` by community; `unwritten` are communities whose charter is nowhere; `keyless` those in which
    nobody holds the keys; `empty` are crews' rooms with nobody in them. `from_afar` are people of other
    homeservers: who of them was a guest for some days cannot be seen.
    """

    entries: tuple[Entry, ...] = ()
    charters: Mapping[CommunityKey, Charter] = field(default_factory=dict)
    unwritten: tuple[CommunityKey, ...] = ()
    keyless: tuple[CommunityKey, ...] = ()
    empty: tuple[RoomKey, ...] = ()
    from_afar: tuple[tuple[CommunityKey, tuple[UserId, ...]], ...] = ()


def found(looks: Mapping[RoomId, RoomSeen], me: UserId, papers: Mapping[str, Charter], at: datetime) -> Found:
    """Return what these rooms tell. `papers` are charters by key, for spaces that do not hold theirs."""
    rooms = _keyed(looks, me, papers)
    charters: dict[CommunityKey, Charter] = {}
    unwritten: list[CommunityKey] = []
    for key in sorted({hall for key in rooms if (hall := ids.hall_of(key)) is not None}):
        root = rooms.get(ids.root(key))
        charter = (charter_in(root, me) if root is not None else None) or papers.get(key)
        if root is None or charter is None or charter.key != key:
            unwritten.append(key)
        else:
            charters[key] = charter.model_copy(update={"founders": ()})
    told = _Telling(rooms, me, at)
    told.house()
    for key, charter in charters.items():
        told.community(key, charter)
    keyless = tuple(key for key in charters if not told.keyholders(key, charters[key]))
    afar = tuple((key, told.from_afar(key)) for key in charters)
    return Found(
        tuple(told.entries),
        charters,
        tuple(unwritten),
        keyless,
        tuple(told.empty),
        tuple((key, people) for key, people in afar if people),
    )


def _keyed(
    looks: Mapping[RoomId, RoomSeen], me: UserId, papers: Mapping[str, Charter]
) -> dict[RoomKey, RoomSeen]:
    """Return the rooms that are ours by what they are for: a closed room gives way to the one after it."""
    keyed: dict[RoomKey, RoomSeen] = {}
    adopted = {
        ids.place(CommunityKey(c.key), place.key)
        for seen in looks.values()
        if (c := charter_in(seen, me)) is not None
        for place in (*c.places,)
        if place.adopt
    } | {
        ids.place(CommunityKey(c.key), place.key)
        for c in papers.values()
        for place in c.places
        if place.adopt
    }
    for _, seen in sorted(looks.items()):
        key = seen.locator
        if key is None or seen.tombstone is not None or not (me in seen.creators or key in adopted):
            continue
        other = keyed.get(key)
        if other is None or len(_inside(seen, me)) > len(_inside(other, me)):
            keyed[key] = seen
    return keyed


class _Telling:
    """The entries as they come together."""

    def __init__(self, rooms: Mapping[RoomKey, RoomSeen], me: UserId, at: datetime) -> None:
        self.rooms, self.me, self.at = rooms, me, at
        self.entries: list[Entry] = []
        self.empty: list[RoomKey] = []

    def house(self) -> None:
        """Tell of the keeper's own room and of private chats, whose people are those who are in them."""
        whose: set[UserId] = set()
        for key, seen in sorted(self.rooms.items()):
            if key == ids.CONTROL:
                self._tell(key, ())
            elif key.startswith("chat/"):
                people = _inside(seen, self.me, "join", "invite")
                gone = _inside(seen, self.me, "leave")
                person = next(iter(people or gone), None)
                if person is None or len(people or gone) > 1 or person in whose:
                    continue
                whose.add(person)
                facts: list[Fact] = [ChatNamed(person, key)]
                if not people:
                    facts.append(ChatLeft(person))
                self._tell(key, (Writing(HOUSE, fact) for fact in facts))

    def community(self, key: CommunityKey, charter: Charter) -> None:
        """Tell of a community: its founding, who is where, who holds the keys, its crews."""
        stream = Stream(key)
        root = self.rooms[ids.root(key)]
        facts: list[Fact] = [Founded(charter, ())]
        facts += (Arrived(person) for person in _inside(root, self.me))
        facts += (Departed(person, by) for person, by in _gone(root, self.me))
        self._tell(ids.root(key), (Writing(stream, fact) for fact in facts))
        for rung in charter.rungs:
            name = RungKey(rung.key)
            space = self.rooms.get(ids.rung(key, name))
            if space is not None:
                facts = [Stood(name, person) for person in _inside(space, self.me)]
                facts += (LeftRung(name, person, by) for person, by in _gone(space, self.me))
                self._tell(ids.rung(key, name), (Writing(stream, fact) for fact in facts))
        self._keys(key, charter)
        rest = (room for room in sorted(self.rooms) if ids.hall_of(room) == key)
        for room in rest:
            match room.split("/")[1:]:
                case ["place", _] | ["crews"] | ["rung", _, _]:
                    self._tell(room, ())
                case ["crew", crew]:
                    self._crew(key, room, ids.CrewKey(crew))
                case _:
                    pass

    def keyholders(self, key: CommunityKey, charter: Charter) -> tuple[UserId, ...]:
        """Return who stands in the community's space and holds the keyholders' level there."""
        root = self.rooms[ids.root(key)]
        return tuple(p for p in _inside(root, self.me) if level(root, p) >= top(charter))

    def from_afar(self, key: CommunityKey) -> tuple[UserId, ...]:
        """Return who stands in the community's space and is of another homeserver."""
        here = ids.server(self.me)
        return tuple(p for p in _inside(self.rooms[ids.root(key)], self.me) if ids.server(p) != here)

    def _keys(self, key: CommunityKey, charter: Charter) -> None:
        people = self.keyholders(key, charter)
        hat = next((hat for hat in charter.hats if hat.key == KEYS), None)
        until = later(self.at, hat.term_months if hat is not None else _TERM)
        facts = tuple(
            Writing(Stream(f"{key}/hats"), HatTaken(names.digest(f"{CAUSE}{key}:{p}"), KEYS, p, p, until))
            for p in people
        )
        if facts:
            cause = f"{CAUSE}{self.rooms[ids.root(key)].room}/keys"
            self.entries.append(Entry(cause, self.at + _MOMENT, facts))

    def _crew(self, key: CommunityKey, room: RoomKey, crew: ids.CrewKey) -> None:
        own = {k: seen for k, seen in self.rooms.items() if k == room or k.startswith(f"{room}/")}
        facts = crew_facts(crew, own, self.rooms.get(ids.crews_space(key)), self.me)
        if not facts:
            self.empty.append(room)
            return
        self._tell(room, (Writing(Stream(room), fact) for fact in facts))
        for deep in sorted(own.keys() - {room}):
            self._tell(deep, ())

    def _tell(self, key: RoomKey, facts: Iterable[Writing]) -> None:
        seen = self.rooms[key]
        opened = Writing(HOUSE, RoomOpened(key, seen.room, seen.version))
        self.entries.append(Entry(f"{CAUSE}{seen.room}", self.at, (opened, *facts)))


def _inside(seen: RoomSeen, me: UserId, *memberships: str) -> tuple[UserId, ...]:
    wanted = memberships or ("join",)
    return tuple(sorted(p for p, m in seen.members.items() if p != me and m.membership in wanted))


def _gone(seen: RoomSeen, me: UserId) -> Iterable[tuple[UserId, UserId]]:
    """Return who is known to be out again, and who made it so."""
    for person, member in sorted(seen.members.items()):
        if person != me and member.membership in {"leave", "ban"}:
            yield person, member.sender
