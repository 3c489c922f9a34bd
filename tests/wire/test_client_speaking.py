"""What the client says on the wire for each act, and how it makes acts that happened twice happen once."""

import random
from collections.abc import AsyncIterator
from types import MappingProxyType

import pytest

from crewhall.adapters.client import Client
from crewhall.adapters.connection import Connection
from crewhall.errors import Denied, NotThere, Taken, TokenRefused, TryLater
from crewhall.ground.ids import EventId, RoomId, UserId
from crewhall.ground.rooms import LOCATOR, NewRoom, StatePut
from crewhall.testing.clock import ToldClock
from crewhall.testing.scripted import Answer, Asked, Scripted

KEEPER = UserId("@keeper:hall.test:8448")
ANN = UserId("@ann:hall.test:8448")
ROOM = RoomId("!room:hall.test:8448")
AS_KEEPER = ("user_id", KEEPER)
FORBIDDEN = Answer(403, {"errcode": "M_FORBIDDEN", "error": "any words"})
UNKNOWN_TOKEN = Answer(401, {"errcode": "M_UNKNOWN_TOKEN", "error": "any words"})
NOT_FOUND = Answer(404, {"errcode": "M_NOT_FOUND", "error": "any words"})
PROXY_404 = Answer(404, b"<html>404 Not Found</html>", kind="text/html")


@pytest.fixture
async def server() -> AsyncIterator[Scripted]:
    async with Scripted() as one:
        yield one


@pytest.fixture
async def connection(server: Scripted) -> AsyncIterator[Connection]:
    chance = random.Random(7)  # noqa: S311 - jitter
    clock = ToldClock(hurried=True)
    async with Connection(server.url, "secret", clock=clock, chance=chance) as one:
        yield one


@pytest.fixture
def keeper(connection: Connection) -> Client:
    return connection.as_user(KEEPER)


def asked(server: Scripted) -> list[str]:
    return [f"{a.method} {a.path.removeprefix('/_matrix/client')}" for a in server.asked]


def member(membership: str) -> Answer:
    return Answer(body={"membership": membership})


async def test_a_new_room_is_told_in_full(server: Scripted, keeper: Client) -> None:
    server.will(Answer(body={"room_id": ROOM}), Answer(body={"room_id": "!second"}))
    powers = MappingProxyType({"users": MappingProxyType({ANN: 50}), "invite": 50})
    new = NewRoom(
        alias="_crewhall_rivendell",
        version="12",
        powers=powers,
        state=(
            StatePut("m.room.join_rules", "", {"join_rule": "knock"}),
            StatePut("m.space.parent", "!space", {"via": ("hall.test",)}),
            StatePut(LOCATOR, "", {"key": "rivendell", "v": 1}),
        ),
        name="Rivendell",
        topic="Come in",
        space=True,
        federate=False,
        direct=True,
        invite=(ANN,),
    )
    assert await keeper.create_room(new) == ROOM
    bare = NewRoom("_crewhall_lobby", "11", {"users": {KEEPER: 100}}, ())
    assert await keeper.create_room(bare) == "!second"
    first, second = server.asked
    assert (first.method, first.path) == ("POST", "/_matrix/client/v3/createRoom")
    assert first.query == (AS_KEEPER,)
    assert first.body == {
        "preset": "private_chat",
        "visibility": "private",
        "room_version": "12",
        "room_alias_name": "_crewhall_rivendell",
        "power_level_content_override": {"users": {ANN: 50}, "invite": 50},
        "initial_state": [
            {"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "knock"}},
            {"type": "m.space.parent", "state_key": "!space", "content": {"via": ["hall.test"]}},
            {"type": LOCATOR, "state_key": "", "content": {"key": "rivendell", "v": 1}},
        ],
        "name": "Rivendell",
        "topic": "Come in",
        "creation_content": {"type": "m.space", "m.federate": False},
        "is_direct": True,
        "invite": [ANN],
    }
    assert second.body == {
        "preset": "private_chat",
        "visibility": "private",
        "room_version": "11",
        "room_alias_name": "_crewhall_lobby",
        "power_level_content_override": {"users": {KEEPER: 100}},
        "initial_state": [],
    }


async def test_a_room_whose_answer_was_lost_is_taken(server: Scripted, keeper: Client) -> None:
    in_use = Answer(400, {"errcode": "M_ROOM_IN_USE", "error": "any words"})
    server.will(Answer(raw=b""), in_use)
    with pytest.raises(Taken):
        await keeper.create_room(NewRoom("_crewhall_lobby", "12", {}, ()))
    assert server.asked[0].body == server.asked[1].body


async def test_names_are_quoted_in_full(server: Scripted, keeper: Client) -> None:
    server.usual = Answer(body={"event_id": "$e/+", "room_id": ROOM})
    await keeper.put_state(RoomId("!a/b:h"), "org.example/x y", "@k:h?#%ü", {"a": "ü"})
    await keeper.put_state(ROOM, "m.room.name", "", {})
    await keeper.send(ROOM, "m.room.message", {"body": "x"}, "t/1")
    await keeper.redact(ROOM, EventId("$e/+"), "t2")
    await keeper.find("#hall:hall.test")
    await keeper.state(ROOM, "m.room.member", "..")
    room = "/v3/rooms/%21room%3Ahall.test%3A8448"
    assert asked(server) == [
        "PUT /v3/rooms/%21a%2Fb%3Ah/state/org.example%2Fx%20y/%40k%3Ah%3F%23%25%C3%BC",
        f"PUT {room}/state/m.room.name",
        f"PUT {room}/send/m.room.message/t%2F1",
        f"PUT {room}/redact/%24e%2F%2B/t2",
        "GET /v3/directory/room/%23hall%3Ahall.test",
        f"GET {room}/state/m.room.member/..",
    ]
    assert [a.body for a in server.asked] == [{"a": "ü"}, {}, {"body": "x"}, {}, None, None]
    assert {a.query for a in server.asked} == {(AS_KEEPER,)}
    assert {a.token for a in server.asked} == {"Bearer secret"}


async def test_names_that_cannot_be_written_are_still_refused_by_the_homeserver(
    server: Scripted, keeper: Client
) -> None:
    server.usual = Answer(400, {"errcode": "M_INVALID_PARAM"})
    with pytest.raises(Denied):
        await keeper.join("#\ud800:hall.test")


async def test_a_person_speaks_for_themselves(server: Scripted, connection: Connection) -> None:
    server.usual = Answer(body={"joined_rooms": [ROOM, 7]})
    ann = connection.as_bearer(ANN)
    assert (ann.me, await ann.joined()) == (ANN, {ROOM})
    assert server.asked[0].query == ()


async def test_the_ways_in_are_told_under_both_names(server: Scripted, keeper: Client) -> None:
    server.usual = Answer(body={"room_id": ROOM})
    assert await keeper.join("!room", ["a.test", "b.test:8448"]) == ROOM
    assert asked(server) == ["POST /v3/join/%21room"]
    assert server.asked[0].query == (
        ("via", "a.test"),
        ("server_name", "a.test"),
        ("via", "b.test:8448"),
        ("server_name", "b.test:8448"),
        AS_KEEPER,
    )


INVITE, KICK = "POST /v3/rooms/%21r/invite", "POST /v3/rooms/%21r/kick"
MEMBER = "GET /v3/rooms/%21r/state/m.room.member/%40ann%3Ahall.test%3A8448"


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        (member("join"), None),
        (member("invite"), None),
        (member("leave"), Denied),
        (member("knock"), Denied),
        (member("ban"), Denied),
        (NOT_FOUND, Denied),
        (FORBIDDEN, Denied),
        (PROXY_404, Denied),
        (UNKNOWN_TOKEN, Denied),
        (Answer(body=[]), TryLater),
        (Answer(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 99_000}), TryLater),
    ],
)
async def test_a_refused_invitation_is_judged_by_where_the_person_is(
    told: Answer, wanted: type[Exception] | None, server: Scripted, keeper: Client
) -> None:
    server.usual = told
    server.will(FORBIDDEN)
    if wanted is None:
        await keeper.invite(RoomId("!r"), ANN)
    else:
        with pytest.raises(wanted) as no:
            await keeper.invite(RoomId("!r"), ANN)
        assert wanted is TryLater or ("invite" in str(no.value) and type(no.value) is Denied)
    assert asked(server)[:2] == [INVITE, MEMBER]
    assert server.asked[0].body == {"user_id": ANN}


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        (member("leave"), None),
        (member("ban"), None),
        (NOT_FOUND, None),
        (member("join"), Denied),
        (member("invite"), Denied),
        (member("knock"), Denied),
        (FORBIDDEN, Denied),
        (PROXY_404, Denied),
        (UNKNOWN_TOKEN, Denied),
    ],
)
async def test_a_refused_removal_is_judged_by_where_the_person_is(
    told: Answer, wanted: type[Exception] | None, server: Scripted, keeper: Client
) -> None:
    server.will(FORBIDDEN, told)
    if wanted is None:
        await keeper.remove(RoomId("!r"), ANN, "The season has ended.")
    else:
        with pytest.raises(wanted, match="kick"):
            await keeper.remove(RoomId("!r"), ANN, "The season has ended.")
    assert asked(server) == [KICK, MEMBER]
    assert server.asked[0].body == {"user_id": ANN, "reason": "The season has ended."}


async def test_a_removal_without_words_tells_none(server: Scripted, keeper: Client) -> None:
    await keeper.remove(RoomId("!r"), ANN, "")
    assert [a.body for a in server.asked] == [{"user_id": ANN}]


@pytest.mark.parametrize(
    ("first", "rooms", "wanted"),
    [
        (Answer(), None, None),
        (FORBIDDEN, ["!other"], None),
        (NOT_FOUND, [], None),
        (FORBIDDEN, ["!r"], Denied),
        (NOT_FOUND, ["!r"], NotThere),
        (UNKNOWN_TOKEN, None, TokenRefused),
        (Answer(403, {"errcode": "M_CANNOT_LEAVE_SERVER_NOTICE_ROOM"}), None, Denied),
    ],
)
async def test_a_refused_departure_is_judged_by_where_one_is(
    first: Answer,
    rooms: list[str] | None,
    wanted: type[Exception] | None,
    server: Scripted,
    keeper: Client,
) -> None:
    server.will(first, Answer(body={"joined_rooms": rooms}))
    if wanted is None:
        await keeper.leave(RoomId("!r"))
    else:
        with pytest.raises(wanted) as no:
            await keeper.leave(RoomId("!r"))
        assert type(no.value) is wanted
    looked = [] if rooms is None else ["GET /v3/joined_rooms"]
    assert asked(server) == ["POST /v3/rooms/%21r/leave", *looked]


async def test_a_user_who_may_not_speak_is_no_user_who_left(server: Scripted, keeper: Client) -> None:
    server.usual = FORBIDDEN
    with pytest.raises(Denied):
        await keeper.leave(ROOM)


async def test_only_the_homeserver_says_that_something_is_not_there(server: Scripted, keeper: Client) -> None:
    server.will(NOT_FOUND, NOT_FOUND, PROXY_404, PROXY_404, Answer(404, {"errcode": "M_UNRECOGNIZED"}))
    assert await keeper.find("#a:b") is None
    assert await keeper.state(ROOM, "m.room.name") is None
    for _ in range(3):
        with pytest.raises(Denied):
            await keeper.find("#a:b")


@pytest.mark.parametrize("membership", ["leave", "ban", "invite", "knock", None])
async def test_a_room_that_one_is_not_in_is_not_looked_at(
    membership: str | None, server: Scripted, keeper: Client
) -> None:
    create = {"type": "m.room.create", "state_key": "", "sender": ANN, "content": {"room_version": "12"}}
    mine = {"type": "m.room.member", "state_key": KEEPER, "content": {"membership": membership}}
    server.usual = Answer(body=[create, mine] if membership else [create])
    with pytest.raises(Denied) as no:
        await keeper.look(ROOM)
    assert no.value.code == "M_FORBIDDEN"


@pytest.mark.parametrize("body", [{}, {"chunk": []}, "text", 3, {"errcode": "M_FORBIDDEN"}])
async def test_a_state_that_is_no_list_is_not_believed(
    body: object, server: Scripted, keeper: Client
) -> None:
    server.usual = Answer(body=body)
    with pytest.raises(TryLater):
        await keeper.look(ROOM)


async def test_one_of_ours_is_registered_without_a_login(server: Scripted, connection: Connection) -> None:
    server.will(Answer(body={"user_id": KEEPER}), Answer(400, {"errcode": "M_USER_IN_USE"}))
    await connection.ensure_user(KEEPER)
    await connection.ensure_user(KEEPER)
    server.will(Answer(400, {"errcode": "M_EXCLUSIVE"}))
    with pytest.raises(Denied):
        await connection.ensure_user(ANN)
    body = {"type": "m.login.application_service", "username": "keeper", "inhibit_login": True}
    assert server.asked[0] == Asked("POST", "/_matrix/client/v3/register", (), body, "Bearer secret")


async def test_a_conflict_that_is_no_name_in_use_is_not_taken_for_one(
    server: Scripted, connection: Connection
) -> None:
    server.will(Answer(409, b""))
    with pytest.raises(Taken):
        await connection.ensure_user(KEEPER)


PROFILE = "/v3/profile/%40keeper%3Ahall.test%3A8448"


@pytest.mark.parametrize(
    ("standing", "writes"),
    [
        (Answer(body={}), ["displayname", "avatar_url"]),
        (NOT_FOUND, ["displayname", "avatar_url"]),
        (Answer(body={"displayname": "keeper"}), ["displayname", "avatar_url"]),
        (Answer(body={"displayname": None, "avatar_url": None}), ["displayname", "avatar_url"]),
        (Answer(body={"displayname": "The Keeper"}), ["avatar_url"]),
        (Answer(body={"displayname": "Hüterin", "avatar_url": ""}), ["avatar_url"]),
        (Answer(body={"displayname": "Hüterin", "avatar_url": "mxc://h/x"}), []),
    ],
)
async def test_a_profile_is_filled_in_and_then_left_alone(
    standing: Answer, writes: list[str], server: Scripted, keeper: Client
) -> None:
    server.will(standing)
    await keeper.ensure_profile("The Keeper", "mxc://h/a")
    assert asked(server) == [f"GET {PROFILE}", *(f"PUT {PROFILE}/{field}" for field in writes)]
    told = {"displayname": "The Keeper", "avatar_url": "mxc://h/a"}
    assert [a.body for a in server.asked[1:]] == [{field: told[field]} for field in writes]


async def test_a_profile_without_an_avatar_sets_none(server: Scripted, keeper: Client) -> None:
    await keeper.ensure_profile("keeper")
    assert len(server.asked) == 2
    server.will(Answer(body={"displayname": "keeper"}))
    await keeper.ensure_profile("keeper")
    assert len(server.asked) == 3


async def test_the_homeserver_calls_back(server: Scripted, connection: Connection) -> None:
    server.will(
        Answer(body={"duration_ms": 12}), Answer(body={"versions": ["v1.11"], "unstable_features": {}})
    )
    assert await connection.ping("crew/hall", "t1") == 12
    assert await connection.versions() == ("v1.11",)
    assert asked(server) == ["POST /v1/appservice/crew%2Fhall/ping", "GET /versions"]
    assert server.asked[0].body == {"transaction_id": "t1"}


@pytest.mark.parametrize(
    ("answer", "there"),
    [
        (Answer(body={"versions": []}), True),
        (Answer(body={}), False),
        (Answer(401, {"errcode": "M_UNKNOWN_TOKEN"}), True),
        (Answer(500), False),
        (NOT_FOUND, False),
        (Answer(200, b"<html>", kind="text/html"), False),
        (Answer(raw=b""), False),
    ],
)
async def test_only_a_homeserver_counts_as_reachable(
    answer: Answer,
    there: bool,  # noqa: FBT001 - a column of the table
    server: Scripted,
    connection: Connection,
) -> None:
    server.usual = answer
    assert await connection.reachable() is there
    assert len(server.asked) <= 2


NO_DEVICE = Answer(400, {"errcode": "M_UNKNOWN_DEVICE", "error": "any words"})
UNRECOGNIZED = Answer(404, {"errcode": "M_UNRECOGNIZED", "error": "any words"})
SAID = Answer(body={"event_id": "$said"})
SEND = "PUT /v3/rooms/%21room%3Ahall.test%3A8448/send/m.room.message/t"


async def test_what_is_said_is_said_by_a_device_so_that_a_restart_forgets_nothing(
    server: Scripted, connection: Connection
) -> None:
    keeper = connection.as_user(KEEPER, "KEEPER")
    server.will(NO_DEVICE, Answer(201, {}), SAID, SAID)
    for _ in range(2):
        assert await keeper.send(ROOM, "m.room.message", {"body": "x"}, "t") == "$said"
    assert asked(server) == [SEND, "PUT /v3/devices/KEEPER", SEND, SEND]
    queries = [dict(one.query) for one in server.asked]
    by_device = {"user_id": KEEPER, "device_id": "KEEPER"}
    assert queries == [by_device, {"user_id": KEEPER}, by_device, by_device]


async def test_where_services_have_no_devices_it_is_said_without(
    server: Scripted, connection: Connection
) -> None:
    keeper = connection.as_user(KEEPER, "KEEPER")
    server.will(NO_DEVICE, UNRECOGNIZED, SAID, SAID)
    for _ in range(2):
        assert await keeper.send(ROOM, "m.room.message", {"body": "x"}, "t") == "$said"
    assert asked(server) == [SEND, "PUT /v3/devices/KEEPER", SEND, SEND]
    assert [dict(one.query) for one in server.asked][2:] == [{"user_id": KEEPER}] * 2
