"""What has to be put right once rooms have moved: who names them, where they are, whom to ask in again. Pure.

It follows from looks alone, so that a move that was cut off anywhere is taken up where it stopped; with
nothing left to do it is empty. Nobody is invited twice: who declined or left the new room is not asked again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from crewhall.ground.creation import (
    ALIAS,
    CHILD,
    JOINS,
    PARENT,
    RESTRICTED,
    guests_of,
    parent_content,
    welcome,
)
from crewhall.ground.hearsay import MEMBER
from crewhall.ground.ids import RoomId, RoomKey, UserId, server
from crewhall.ground.powers import ANSWERS, POWERS, TOMBSTONE
from crewhall.ground.rights import level, may_invite, may_remove, may_write, number, part, threshold
from crewhall.ground.rooms import Content, RoomSeen, RoomWish, StatePut
from crewhall.ground.successor import child_as_listed, pointed, successors_alias

BODY: Final = "This room goes on in a new one."
_SHUT: Final = 100
"""The level from which on something can still be said or changed in a room that has moved."""
_QUIET: Final = {"knock": "invite", "knock_restricted": "restricted"}


@dataclass(frozen=True, slots=True)
class Move:
    """A managed room as it should be, the room it was, and the room it is."""

    wish: RoomWish
    old: RoomSeen
    new: RoomSeen


@dataclass(frozen=True, slots=True)
class Write:
    """Write one state event into a room, for the sake of the managed room `key`; `why` is a word for it."""

    key: RoomKey
    room: RoomId
    put: StatePut
    why: str


@dataclass(frozen=True, slots=True)
class Readdress:
    """Let a full alias lead to a room, None for nowhere."""

    key: RoomKey
    alias: str
    room: RoomId | None


@dataclass(frozen=True, slots=True)
class Ask:
    """Invite somebody again."""

    key: RoomKey
    room: RoomId
    person: UserId


Act: TypeAlias = Write | Readdress | Ask


@dataclass(frozen=True, slots=True)
class Scene:
    """All that was seen: rooms by id, where each room went (`heirs`), where addresses lead, and who looks."""

    me: UserId
    looks: Mapping[RoomId, RoomSeen]
    heirs: Mapping[RoomId, RoomId]
    addresses: Mapping[str, RoomId | None]

    def heir(self, room: RoomId) -> RoomId:
        """Return where a room is now, after all its moves."""
        for _ in range(len(self.heirs)):
            if (then := self.heirs.get(room)) is None:
                break
            room = then
        return room

    def address(self, local: str) -> str:
        """Return a full alias on our server."""
        return f"#{local}:{server(self.me)}"


def leftover(moves: Sequence[Move], scene: Scene) -> tuple[Act, ...]:
    """Return what is left to do: first for all rooms that name one that moved, then move by move."""
    formers = {move.old.room for move in moves}
    acts: list[Act] = []
    keys = {seen.room: seen.locator for seen in scene.looks.values()}
    for room, seen in sorted(scene.looks.items()):
        key = keys[room] or RoomKey(room)
        is_former = room in formers
        puts = [*_doors(seen, scene, former=is_former)]
        if not is_former and room not in scene.heirs:
            puts += [*_children(seen, scene), *_parents(seen, scene)]
        acts += [Write(key, room, put, why) for put, why in puts if may_write(seen, scene.me, put.type)]
    for move in moves:
        acts += _addresses(move, scene)
        acts += [Write(move.wish.key, move.new.room, put, "link") for put in _listed(move, scene)]
        if not move.wish.adopt:
            acts += _people(move, scene)
        acts += _farewell(move, scene)
    return tuple(acts)


def _doors(seen: RoomSeen, scene: Scene, *, former: bool) -> Iterator[tuple[StatePut, str]]:
    """Point a list of whose members may come in at where they are now; nobody knocks at an old door."""
    content = dict(pointed(seen.joins, scene.heir))
    rule = content.get("join_rule")
    if former and isinstance(rule, str) and rule in _QUIET:
        content["join_rule"] = _QUIET[rule]
    if content != seen.joins:
        yield StatePut(JOINS, "", content), "allow"


def _children(seen: RoomSeen, scene: Scene) -> Iterator[tuple[StatePut, str]]:
    """List what moved where it stood in the list."""
    for child, listed in sorted(seen.children.items()):
        heir = scene.heir(child)
        if heir == child:
            continue
        if heir not in seen.children:
            via = tuple(dict.fromkeys((*listed.via, server(scene.me))))
            content = child_as_listed(replace(listed, via=via))
            yield StatePut(CHILD, heir, content), "link"
        yield StatePut(CHILD, child, {}), "link"


def _listed(move: Move, scene: Scene) -> Iterator[StatePut]:
    """List in a new space what was listed in the old one, where and as it is now."""
    if not may_write(move.new, scene.me, CHILD):
        return
    for child, listed in sorted(move.old.children.items()):
        if not {child, heir := scene.heir(child)} & move.new.children.keys():
            via = tuple(dict.fromkeys((*listed.via, server(scene.me))))
            yield StatePut(CHILD, heir, child_as_listed(replace(listed, via=via)))


def _parents(seen: RoomSeen, scene: Scene) -> Iterator[tuple[StatePut, str]]:
    for parent in sorted(seen.parents):
        heir = scene.heir(parent)
        if heir == parent:
            continue
        if heir not in seen.parents:
            yield StatePut(PARENT, heir, parent_content(scene.me)), "link"
        yield StatePut(PARENT, parent, {}), "link"


def _addresses(move: Move, scene: Scene) -> Iterator[Act]:
    """Move our address, show it where it is to be shown, and give back the one that was for the way."""
    wish, old, new, me = move.wish, move.old, move.new, scene.me
    if not wish.adopt:
        alias = scene.address(wish.alias)
        if scene.addresses.get(alias) != new.room:
            yield Readdress(wish.key, alias, new.room)
        if wish.shown and new.alias is None and may_write(new, me, ALIAS):
            yield Write(wish.key, new.room, StatePut(ALIAS, "", {"alias": alias}), "address")
        if old.alias == alias and may_write(old, me, ALIAS):
            yield Write(wish.key, old.room, StatePut(ALIAS, "", {}), "address")
    passing = scene.address(successors_alias(old.room))
    if scene.addresses.get(passing) is not None:
        yield Readdress(wish.key, passing, None)


def _people(move: Move, scene: Scene) -> Iterator[Act]:
    """Keep out who was kept out, and ask in who was in, unless the door opens for them by itself."""
    wish, old, new, me = move.wish, move.old, move.new, scene.me
    for person, member in sorted(old.members.items()):
        known = new.members.get(person)
        banned = known is not None and known.membership == "ban"
        if member.membership == "ban" and not banned and person not in new.creators:
            put = StatePut(MEMBER, person, {"membership": "ban"})
            yield Write(wish.key, new.room, put, "ban")
    if may_invite(new, me):
        yield from (Ask(wish.key, new.room, person) for person in asked_again(move, scene))


def asked_again(move: Move, scene: Scene) -> tuple[UserId, ...]:
    """Return who is to be invited into the new room: those who were in the old one, and those who should be.

    Not those whom a space they are in, or are asked into again, lets in.
    """
    wish, old, new, me = move.wish, move.old, move.new, scene.me
    were = {p for p, m in old.members.items() if m.membership == "join" and p != me and welcome(wish, p)}
    by_the_door = set() if new.space else _let_in(new, scene)
    asked = ((were - by_the_door) | set(guests_of(wish, me))) - new.members.keys()
    return tuple(sorted(asked - wish.unwelcome))


def _let_in(new: RoomSeen, scene: Scene) -> set[UserId]:
    """Return those for whom the door of a room opens by itself, now or as soon as they have followed."""
    rule, listed = new.joins.get("join_rule"), new.joins.get("allow")
    if rule == "public":
        return {person for seen in scene.looks.values() for person in seen.members}
    if rule not in RESTRICTED or not isinstance(listed, list):
        return set()
    named = {entry.get("room_id") for entry in listed if isinstance(entry, Mapping)}
    opening = [seen for room, seen in scene.looks.items() if {room, scene.heir(room)} & named]
    return {p for seen in opening for p, m in seen.members.items() if m.membership in {"join", "invite"}}


def _farewell(move: Move, scene: Scene) -> Iterator[Act]:
    """Say in the old room where it goes on, and let nothing more be said there; answers still count."""
    wish, old, me = move.wish, move.old, scene.me
    if not may_write(old, me, TOMBSTONE):
        return
    if old.tombstone != move.new.room:
        content = {"body": BODY, "replacement_room": move.new.room}
        yield Write(wish.key, old.room, StatePut(TOMBSTONE, "", content), "tombstone")
    if not wish.adopt and may_write(old, me, POWERS) and (shut := shut_powers(old, me)) != old.powers:
        yield Write(wish.key, old.room, StatePut(POWERS, "", shut), "read-only")


def shut_powers(old: RoomSeen, me: UserId) -> Content:
    """Return the levels of a room in which people can read, answer what was asked, and nothing else."""
    bar = min(_SHUT, level(old, me))
    before = threshold(old, "events_default")
    events = {
        kind: number(needed, 0) if kind in ANSWERS else max(number(needed, 0), bar)
        for kind, needed in part(old.powers, "events").items()
    }
    content: dict[str, object] = dict(old.powers)
    content["events"] = {**dict.fromkeys(ANSWERS, before), **events}
    for name in ("events_default", "state_default", "invite"):
        content[name] = max(threshold(old, name), bar)
    return content


def no_longer_welcome(wish: RoomWish, old: RoomSeen, me: UserId) -> tuple[UserId, ...]:
    """Return who is to be removed from a room that has moved: all if it is closed, else who is unwelcome.

    Who merely left the new room may go on reading what was said while they were there.
    """
    here = (p for p, m in sorted(old.members.items()) if m.membership not in {"leave", "ban"} and p != me)
    out = (person for person in here if wish.closed or person in wish.unwelcome)
    return tuple(person for person in out if may_remove(old, me, person))


def in_words(act: Act) -> str:
    """Return an act as a few plain words."""
    match act:
        case Write(room=room, why=why):
            return f"set {why} in {room}"
        case Readdress(alias=alias, room=room):
            return f"let {alias} lead to {room or 'nowhere'}"
        case Ask(person=person):
            return f"invite {person}"


def unlike(move: Move) -> tuple[str, ...]:
    """Return in words what people had in the old room and have not in the new one."""
    old, new = move.old, move.new
    found = []
    if new.name != old.name or new.topic != old.topic:
        found.append("its name or topic is another")
    if old.encrypted and not new.encrypted:
        found.append("it is not encrypted")
    found += [f"it has no {kind}" for kind in sorted(old.carried.keys() - new.carried.keys())]
    for person in part(old.powers, "users"):
        had, has = level(old, UserId(person)), level(new, UserId(person))
        if has < had and person not in move.wish.powers.lowered:
            found.append(f"{person} has level {has} and had {had}")
    return tuple(found)
