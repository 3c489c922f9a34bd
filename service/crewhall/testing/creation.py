"""How ``createRoom`` goes: step by step, and not as one act.

Order as in Synapse 1.163 (`handlers/room.py`): what can be refused before anything exists; the alias; the
create event and the creator's own join; then all other first events together, or none of them; then the
invitations one by one. A refusal on the way leaves what came before: a room with its alias taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from crewhall.ground.ids import RoomId, UserId
from crewhall.ground.rooms import Content
from crewhall.ground.seen import has_endless_creators
from crewhall.testing import rules
from crewhall.testing.events import (
    CANONICAL,
    CREATE,
    JOINS,
    KNOWN_VERSIONS,
    MEMBER,
    POWERS,
    UNKNOWN,
    Event,
    Refused,
    Room,
)
from crewhall.testing.wording import check_event
from crewhall.testing.world import Asker, World

PRESETS: Mapping[str, tuple[str, bool, Content]] = {
    "private_chat": ("invite", True, {"invite": 0}),
    "trusted_private_chat": ("invite", True, {"invite": 0}),
    "public_chat": ("public", False, {}),
}
"""Join rule, whether guests may come, and what is different in the power levels."""
FIRST_LEVELS: Mapping[str, int] = {
    "m.room.name": 50,
    POWERS: 100,
    "m.room.history_visibility": 100,
    CANONICAL: 50,
    "m.room.avatar": 50,
    "m.room.tombstone": 100,
    "m.room.server_acl": 100,
    "m.room.encryption": 100,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A ``createRoom`` body, read. `state` keeps its order; `levels` are the overrides."""

    version: str
    alias: str = ""
    preset: str = "private_chat"
    name: str | None = None
    topic: str | None = None
    creation: Content = field(default_factory=dict)
    levels: Content = field(default_factory=dict)
    state: Mapping[tuple[str, str], Content] = field(default_factory=dict)
    invite: tuple[UserId, ...] = ()
    direct: bool = False


def read(world: World, body: Mapping[str, object]) -> Asked:
    """Read a ``createRoom`` body (client-server API, "Creation")."""
    public = body.get("visibility") == "public"
    listed = _listed(body.get("initial_state"))
    return Asked(
        version=str(body.get("room_version") or world.version),
        alias=str(body.get("room_alias_name") or ""),
        preset=str(body.get("preset") or ("public_chat" if public else "private_chat")),
        name=_text(body.get("name")),
        topic=_text(body.get("topic")),
        creation=_content(body.get("creation_content")),
        levels=_content(body.get("power_level_content_override")),
        state={(str(e.get("type")), str(e.get("state_key", ""))): _content(e.get("content")) for e in listed},
        invite=tuple(UserId(str(u)) for u in _list(body.get("invite"))),
        direct=body.get("is_direct") is True,
    )


def create(world: World, asker: Asker, asked: Asked) -> RoomId:
    """Make a room. Refused half-way, it stays there as far as it came."""
    _check(world, asker, asked)
    endless = has_endless_creators(asked.version)
    name = f"!{world.mint()}" if endless else f"!{world.mint()[:18]}:{world.server}"
    room = Room(RoomId(name), asked.version)
    alias = f"#{asked.alias}:{world.server}" if asked.alias else ""
    if alias:
        world.directory.link(alias, room.id, asker.user, asker.service)
    world.rooms[room.id] = room
    creation = {**asked.creation, "room_version": asked.version}
    if endless and asked.preset == "trusted_private_chat" and asked.invite:
        more = {*map(str, _list(creation.get("additional_creators"))), *asked.invite}
        creation["additional_creators"] = sorted(more)
    world.append(room, asker.user, CREATE, creation, "")
    world.append(room, asker.user, MEMBER, _joining(world, asker.user), asker.user)
    first = _first_events(asker.user, asked, alias)
    _check_all(room, asker.user, first)
    for (kind, key), content in first:
        world.append(room, asker.user, kind, content, key)
    for person in asked.invite:
        world.become(asker, room.id, person, "invite", direct=asked.direct)
    return room.id


def _check(world: World, asker: Asker, asked: Asked) -> None:
    if asked.version not in KNOWN_VERSIONS:
        raise Refused(400, "M_UNSUPPORTED_ROOM_VERSION", "Your homeserver does not support this room version")
    if ":" in asked.alias or any(c.isspace() for c in asked.alias):
        raise Refused(400, UNKNOWN, "Invalid characters in room alias")
    if asked.alias:
        world.directory.check_free(f"#{asked.alias}:{world.server}")
    for person in asked.invite:
        if not person.startswith("@") or ":" not in person:
            raise Refused(400, UNKNOWN, f"Invalid user_id: {person}")
    users = asked.levels.get("users")
    if not has_endless_creators(asked.version) and isinstance(users, Mapping) and asker.user not in users:
        raise Refused(400, UNKNOWN, f"Not a valid power_level_content_override: 'users' lacks {asker.user}")
    if asked.preset not in PRESETS:
        raise Refused(400, "M_BAD_JSON", f"'{asked.preset}' is not a valid preset")


def _first_events(creator: UserId, asked: Asked, alias: str) -> list[tuple[tuple[str, str], Content]]:
    join_rule, guests, _ = PRESETS[asked.preset]
    state = dict(asked.state)
    first: dict[tuple[str, str], Content] = {
        (POWERS, ""): state.pop((POWERS, ""), {}) or _levels(creator, asked)
    }
    if alias:
        first[CANONICAL, ""] = {"alias": alias}
    first[JOINS, ""] = {"join_rule": join_rule}
    first["m.room.history_visibility", ""] = {"history_visibility": "shared"}
    if guests:
        first["m.room.guest_access", ""] = {"guest_access": "can_join"}
    first |= state
    listed = list(first.items())
    if asked.name is not None:
        listed.append((("m.room.name", ""), {"name": asked.name}))
    if asked.topic is not None:
        rich = {"m.text": [{"body": asked.topic}]}
        listed.append((("m.room.topic", ""), {"topic": asked.topic, "m.topic": rich}))
    return listed


def _levels(creator: UserId, asked: Asked) -> Content:
    """Return the first power levels: defaults, then the preset, then the overrides, key by key."""
    endless = has_endless_creators(asked.version)
    _, _, different = PRESETS[asked.preset]
    users = {} if endless else {creator: 100}
    if asked.preset == "trusted_private_chat" and not endless:
        users |= dict.fromkeys(asked.invite, 100)
    return {
        "users": users,
        "users_default": 0,
        "events": {**FIRST_LEVELS} | ({"m.room.tombstone": 150} if endless else {}),
        "events_default": 0,
        "state_default": 50,
        "ban": 50,
        "kick": 50,
        "redact": 50,
        "invite": 50,
        "historical": 100,
        **different,
        **asked.levels,
    }


def _check_all(room: Room, creator: UserId, first: list[tuple[tuple[str, str], Content]]) -> None:
    """Refuse the first events together: each is judged by the powers that come before it."""
    for (kind, key), content in first:
        check_event(kind, key, content, room.id)
    levels = dict(first)[POWERS, ""]
    rules.may_send(room, creator, POWERS, "", levels)
    judged = Room(room.id, room.version, dict(room.state), joined=set(room.joined))
    judged.state[POWERS, ""] = _standing(judged, levels)
    for (kind, key), content in first:
        if kind != POWERS:
            rules.may_send(judged, creator, kind, key, content)


def _standing(room: Room, levels: Content) -> Event:
    return replace(room.state[CREATE, ""], kind=POWERS, content=levels)


def _joining(world: World, person: UserId) -> Content:
    return {"membership": "join", **world.directory.profiles.get(person, {})}


def _content(value: object) -> Content:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _listed(value: object) -> list[Content]:
    return [entry for entry in _list(value) if isinstance(entry, Mapping)]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
