"""Which request asks what of the world: the routes of the Client-Server API, one line each.

Source: Matrix specification v1.19, client-server API; error codes as Synapse 1.163 gives them.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crewhall.ground.ids import EventId, UserId, local
from crewhall.ground.rooms import Content
from crewhall.testing import creation
from crewhall.testing.events import FORBIDDEN, Event, Refused
from crewhall.testing.sync import sync
from crewhall.testing.world import Asker, World

if TYPE_CHECKING:
    from crewhall.testing.wire import Wire

CLIENT = "/_matrix/client/v3"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer."""

    body: Mapping[str, object] | list[object]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Route:
    """A request that is understood. `kind` names it for faults and counts; `known`: it needs a token."""

    method: str
    path: str
    kind: str
    handle: Callable[["Wire", "Call"], Awaitable[Reply]]
    known: bool = True


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read."""

    route: Route
    asker: Asker
    named: Mapping[str, str]
    body: Content
    query: Mapping[str, str]

    def text(self, field_: str) -> str:
        """Return a text of the body, "" if there is none."""
        value = self.body.get(field_)
        return value if isinstance(value, str) else ""


Act = Callable[[World, Call], Mapping[str, object] | list[object]]


def _plain(act: Act) -> Callable[["Wire", Call], Awaitable[Reply]]:
    async def handle(wire: "Wire", call: Call) -> Reply:
        return Reply(act(wire.world, call))

    return handle


def _versions(_: World, __: Call) -> Mapping[str, object]:
    return {"versions": ["v1.11", "v1.12", "v1.15"], "unstable_features": {}}


def _whoami(_: World, call: Call) -> Mapping[str, object]:
    return {"user_id": call.asker.user, "is_guest": False}


def _create(world: World, call: Call) -> Mapping[str, object]:
    return {"room_id": creation.create(world, call.asker, creation.read(world, call.body))}


def _state(world: World, call: Call) -> list[object]:
    return [event.seen() for event in world.state(call.asker, call.named["room"])]


def _get_state(world: World, call: Call) -> Mapping[str, object]:
    return world.content(call.asker, call.named["room"], call.named["kind"], call.named.get("key", ""))


def _put_state(world: World, call: Call) -> Mapping[str, object]:
    named = call.named
    return {
        "event_id": world.put_state(call.asker, named["room"], named["kind"], named.get("key", ""), call.body)
    }


def _send(world: World, call: Call) -> Mapping[str, object]:
    return {
        "event_id": world.send(
            call.asker, call.named["room"], call.named["kind"], call.body, call.named["txn"]
        )
    }


def _redact(world: World, call: Call) -> Mapping[str, object]:
    event = EventId(call.named["event"])
    said = world.redact(call.asker, call.named["room"], event, call.named["txn"], call.text("reason"))
    return {"event_id": said}


def _membership(act: str) -> Act:
    def handle(world: World, call: Call) -> Mapping[str, object]:
        person = UserId(call.text("user_id"))
        if not person.startswith("@"):
            raise Refused(400, "M_MISSING_PARAM", "Missing user_id key.")
        room, reason = call.named["room"], call.text("reason")
        match act:
            case "kick":
                world.kick(call.asker, room, person, reason)
            case "unban":
                world.unban(call.asker, room, person)
            case _:
                world.become(call.asker, room, person, act, reason)
        return {}

    return handle


def _join(world: World, call: Call) -> Mapping[str, object]:
    return {"room_id": world.enter(call.asker, call.named["room"])}


def _leave(world: World, call: Call) -> Mapping[str, object]:
    world.leave(call.asker, call.named["room"], call.text("reason"))
    return {}


def _knock(world: World, call: Call) -> Mapping[str, object]:
    return {"room_id": world.knock(call.asker, call.named["room"], call.text("reason"))}


def _joined(world: World, call: Call) -> Mapping[str, object]:
    mine = world.memberships(call.asker.user)
    return {"joined_rooms": [room for room, membership in mine.items() if membership == "join"]}


def _event(world: World, call: Call) -> Mapping[str, object]:
    world.state(call.asker, call.named["room"])
    return _known_event(world, call).seen()


def _known_event(world: World, call: Call) -> Event:
    event = world.events.get(EventId(call.named["event"]))
    if event is None or event.room != call.named["room"]:
        raise Refused(404, "M_NOT_FOUND", "Event not found.")
    return event


def _members(world: World, call: Call) -> Mapping[str, object]:
    state = world.state(call.asker, call.named["room"])
    return {"chunk": [event.seen() for event in state if event.kind == "m.room.member"]}


def _messages(world: World, call: Call) -> Mapping[str, object]:
    world.state(call.asker, call.named["room"])
    last = int(call.query.get("limit", "10"))
    timeline = world.room(call.named["room"]).timeline[-last:]
    return {"chunk": [event.seen() for event in reversed(timeline)], "start": "s0", "state": []}


def _find(world: World, call: Call) -> Mapping[str, object]:
    return {"room_id": world.directory.resolve(call.named["alias"]), "servers": [world.server]}


def _link(world: World, call: Call) -> Mapping[str, object]:
    room = world.room(call.text("room_id"))
    world.directory.link(call.named["alias"], room.id, call.asker.user, call.asker.service)
    return {}


def _unlink(world: World, call: Call) -> Mapping[str, object]:
    world.directory.unlink(call.named["alias"], call.asker.user, call.asker.service)
    return {}


def _profile(world: World, call: Call) -> Mapping[str, object]:
    person = UserId(call.named["person"])
    if person not in world.directory.registered:
        raise Refused(404, "M_NOT_FOUND", "Profile was not found")
    told = world.directory.profiles.get(person, {})
    wanted = call.named.get("field")
    return {k: v for k, v in told.items() if wanted in {None, k}}


def _set_profile(world: World, call: Call) -> Mapping[str, object]:
    if call.asker.user != call.named["person"]:
        raise Refused(403, FORBIDDEN, "Cannot set another user's profile")
    world.set_profile(call.asker, call.named["field"], call.text(call.named["field"]))
    return {}


async def _register(wire: "Wire", call: Call) -> Reply:
    """Register a user of a service, or anybody (there is no stage to be passed)."""
    name = call.text("username")
    if call.text("type") == "m.login.application_service":
        if call.asker.service is None:
            raise Refused(401, "M_UNKNOWN_TOKEN", "Not an application service")
        return Reply({"user_id": wire.world.directory.register(name, call.asker.service)})
    raise Refused(403, FORBIDDEN, "Registration is disabled")


async def _person(wire: "Wire", call: Call) -> Reply:
    token = wire.make_person(call.text("name"), call.text("password"))
    return Reply({"user_id": wire.tokens[token], "access_token": token, "device_id": "LAB"})


async def _login(wire: "Wire", call: Call) -> Reply:
    who = call.body.get("identifier")
    name = str(who.get("user", "")) if isinstance(who, Mapping) else call.text("user")
    person = UserId(name if name.startswith("@") else f"@{name}:{wire.world.server}")
    if not call.text("password") or wire.passwords.get(person) != call.text("password"):
        raise Refused(403, FORBIDDEN, "Invalid username or password")
    token = wire.make_person(local(person))
    return Reply({"user_id": person, "access_token": token, "device_id": call.text("device_id") or "LAB"})


async def _sync(wire: "Wire", call: Call) -> Reply:
    since, wait = call.query.get("since", ""), int(call.query.get("timeout", "0"))
    if since and wait:
        await wire.waiting.news(call.asker.user, since, wait / 1000)
    return Reply(sync(wire.world, call.asker.user, since))


async def _ping(wire: "Wire", call: Call) -> Reply:
    if call.asker.service is None or call.asker.service != call.named["service"]:
        raise Refused(403, FORBIDDEN, "Not this application service")
    took = await wire.post.ping(call.asker.service, call.text("transaction_id"))
    return Reply({"duration_ms": took})


def _nothing(_: World, __: Call) -> Mapping[str, object]:
    return {}


_ROOM = f"{CLIENT}/rooms/{{room}}"
ROUTES: tuple[Route, ...] = (
    Route("GET", "/_matrix/client/versions", "versions", _plain(_versions), known=False),
    Route("POST", "/_crewhall/person", "person", _person, known=False),
    Route("POST", f"{CLIENT}/login", "login", _login, known=False),
    Route("POST", f"{CLIENT}/register", "register", _register),
    Route("GET", f"{CLIENT}/account/whoami", "whoami", _plain(_whoami)),
    Route("GET", f"{CLIENT}/sync", "sync", _sync),
    Route("POST", f"{CLIENT}/user/{{person}}/filter", "filter", _plain(lambda _, __: {"filter_id": "0"})),
    Route("PUT", f"{CLIENT}/user/{{person}}/account_data/{{kind}}", "account_data", _plain(_nothing)),
    Route("POST", f"{CLIENT}/createRoom", "create_room", _plain(_create)),
    Route("GET", f"{_ROOM}/state", "look", _plain(_state)),
    Route("GET", f"{_ROOM}/state/{{kind}}", "state", _plain(_get_state)),
    Route("GET", f"{_ROOM}/state/{{kind}}/{{key:[^/]*}}", "state", _plain(_get_state)),
    Route("PUT", f"{_ROOM}/state/{{kind}}", "put_state", _plain(_put_state)),
    Route("PUT", f"{_ROOM}/state/{{kind}}/{{key:[^/]*}}", "put_state", _plain(_put_state)),
    Route("PUT", f"{_ROOM}/send/{{kind}}/{{txn}}", "send", _plain(_send)),
    Route("PUT", f"{_ROOM}/redact/{{event}}/{{txn}}", "redact", _plain(_redact)),
    Route("GET", f"{_ROOM}/event/{{event}}", "event", _plain(_event)),
    Route("GET", f"{_ROOM}/members", "members", _plain(_members)),
    Route("GET", f"{_ROOM}/messages", "messages", _plain(_messages)),
    Route("POST", f"{_ROOM}/invite", "invite", _plain(_membership("invite"))),
    Route("POST", f"{_ROOM}/kick", "remove", _plain(_membership("kick"))),
    Route("POST", f"{_ROOM}/ban", "ban", _plain(_membership("ban"))),
    Route("POST", f"{_ROOM}/unban", "unban", _plain(_membership("unban"))),
    Route("POST", f"{_ROOM}/join", "join", _plain(_join)),
    Route("POST", f"{_ROOM}/leave", "leave", _plain(_leave)),
    Route("POST", f"{CLIENT}/join/{{room}}", "join", _plain(_join)),
    Route("POST", f"{CLIENT}/knock/{{room}}", "knock", _plain(_knock)),
    Route("GET", f"{CLIENT}/joined_rooms", "joined", _plain(_joined)),
    Route("GET", f"{CLIENT}/directory/room/{{alias}}", "find", _plain(_find), known=False),
    Route("PUT", f"{CLIENT}/directory/room/{{alias}}", "link", _plain(_link)),
    Route("DELETE", f"{CLIENT}/directory/room/{{alias}}", "unlink", _plain(_unlink)),
    Route("GET", f"{CLIENT}/profile/{{person}}", "profile", _plain(_profile), known=False),
    Route("GET", f"{CLIENT}/profile/{{person}}/{{field}}", "profile", _plain(_profile), known=False),
    Route("PUT", f"{CLIENT}/profile/{{person}}/{{field}}", "set_profile", _plain(_set_profile)),
    Route("POST", "/_matrix/client/v1/appservice/{service}/ping", "ping", _ping),
)
