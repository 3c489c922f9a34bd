"""The fake homeserver behind HTTP: what it pushes and how, who may speak as whom, and its bad days."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from crewhall.adapters.listening import opened
from crewhall.errors import TokenRefused, TryLater
from crewhall.ground.ids import EventId, RoomId, UserId
from crewhall.ground.rooms import NewRoom
from crewhall.testing import FakeHomeserver, Mishap, Person, World
from crewhall.testing.directory import our_service
from crewhall.testing.events import Event
from crewhall.testing.letters import SOFT_FAILED
from crewhall.testing.post import MOST_EVENTS
from crewhall.testing.visitors import Visitor
from crewhall.testing.wire import Wire

OURS = our_service("hall.test").as_token


class Hearer:
    """An application service that keeps what it is told; `deaf` counts the transactions it refuses."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, list[dict[str, Any]]]] = []
        self.deaf = 0
        self.refused = asyncio.Event()
        self.url = ""

    async def transaction(self, request: web.Request) -> web.Response:
        body = await request.json()
        if request.headers.get("Authorization") != "Bearer hs-token":
            return web.Response(status=401)
        if self.deaf:
            self.deaf -= 1
            self.refused.set()
            return web.Response(status=500)
        self.heard.append((request.match_info["txn"], body["events"]))
        return web.json_response({})

    async def ping(self, _: web.Request) -> web.Response:
        return web.json_response({})

    @property
    def said(self) -> list[str]:
        events = [event for _, told in self.heard for event in told]
        return [e["content"]["body"] for e in events if e["type"] == "m.room.message"]


@pytest.fixture
async def hearer() -> AsyncIterator[Hearer]:
    hearer = Hearer()
    app = web.Application(client_max_size=64 << 20)
    app.router.add_put("/_matrix/app/v1/transactions/{txn}", hearer.transaction)
    app.router.add_post("/_matrix/app/v1/ping", hearer.ping)
    async with opened(web.AppRunner(app), "127.0.0.1", 0) as port:
        hearer.url = f"http://127.0.0.1:{port}"
        yield hearer


@pytest.fixture
async def wire(hearer: Hearer) -> AsyncIterator[Wire]:
    world = World()
    world.directory.add_service(our_service(world.server, hearer.url))
    async with Wire(world) as wire:
        wire.post.delivery.first_wait = timedelta(milliseconds=20)
        yield wire


async def a_room(wire: Wire, name: str = "lobby") -> tuple[RoomId, Person]:
    keeper, ann = FakeHomeserver(wire.world), Person(wire.world, f"ann-{name}")
    made = await keeper.create_room(NewRoom(f"_crewhall_{name}", "12", {"users": {}, "invite": 50}, ()))
    await keeper.invite(made, ann.id)
    await ann.join(made)
    return made, ann


async def test_everything_that_happens_near_our_users_is_pushed_once(wire: Wire, hearer: Hearer) -> None:
    made, ann = await a_room(wire)
    elsewhere = await ann.create_room({"name": "Not ours"})
    await ann.say(elsewhere, "unheard")
    for number in range(250):
        await ann.say(made, str(number))
    await wire.post.delivered()
    assert hearer.said == [str(number) for number in range(250)]
    assert max(len(events) for _, events in hearer.heard) <= MOST_EVENTS
    assert [int(txn) for txn, _ in hearer.heard] == list(range(1, len(hearer.heard) + 1))
    first = hearer.heard[0][1][0]
    assert first["type"] == "m.room.create"
    assert first["user_id"] == first["sender"]
    assert {"age", "event_id", "origin_server_ts", "room_id", "state_key", "unsigned"} <= first.keys()


async def test_an_invitation_of_ours_tells_what_the_room_is(wire: Wire, hearer: Hearer) -> None:
    ann = Person(wire.world, "ann")
    keeper = FakeHomeserver(wire.world)
    made = await ann.create_room({"name": "Old room"})
    await ann.invite(made, keeper.me)
    await wire.post.delivered()
    (event,) = hearer.heard[0][1]
    assert (event["state_key"], event["content"]["membership"]) == (keeper.me, "invite")
    assert {"name": "Old room"} in [e["content"] for e in event["invite_room_state"]]
    await ann.kick(made, keeper.me, "sorry")
    await wire.post.delivered()
    (gone,) = hearer.heard[1][1]
    assert gone["prev_content"]["membership"] == "invite"
    assert gone["unsigned"]["replaces_state"] == event["event_id"]


async def test_what_is_refused_comes_again_under_the_same_id_with_what_stands_then(
    wire: Wire, hearer: Hearer
) -> None:
    made, ann = await a_room(wire)
    await wire.post.delivered()
    hearer.heard.clear()
    wire.post.delivery.first_wait = timedelta(hours=1)
    hearer.deaf = 1
    said = await ann.say(made, "secret")
    await hearer.refused.wait()
    await ann.redact(made, said)
    await ann.say(made, "later")
    await wire.post.ping("crewhall", "p")  # ends the hour
    await wire.post.delivered()
    assert [[e["type"] for e in events] for _, events in hearer.heard] == [
        ["m.room.message"],
        ["m.room.redaction"],
        ["m.room.message"],
    ]
    assert hearer.heard[0][1][0]["content"] == {}
    assert hearer.heard[1][1][0]["redacts"] == hearer.heard[1][1][0]["content"]["redacts"] == said
    txns = [int(txn) for txn, _ in hearer.heard]
    assert all(after == before + 1 for before, after in pairwise(txns))


async def test_delivery_can_double_lose_replay_and_forget_an_answer(wire: Wire, hearer: Hearer) -> None:
    made, ann = await a_room(wire)
    await wire.post.delivered()
    delivery = wire.post.delivery
    hearer.heard.clear()
    delivery.doubled = True
    await ann.say(made, "twice")
    await wire.post.delivered()
    (one, told), (two, again) = hearer.heard
    assert told[0]["event_id"] == again[0]["event_id"]
    assert one != two
    delivery.doubled = False
    hearer.heard.clear()
    delivery.deaf_every = 2
    for word in ("a", "b"):
        await ann.say(made, word)
        await wire.post.delivered()
    assert sorted(set(hearer.said)) == ["a", "b"]
    assert [one for (one, _), (two, _) in pairwise(hearer.heard) if one == two], "none came again"
    delivery.deaf_every = 0
    hearer.heard.clear()
    wire.post.replay(2)
    await wire.post.delivered()
    assert hearer.said == ["a", "b"]
    hearer.heard.clear()
    delivery.lose_every = 1
    await ann.say(made, "lost")
    await wire.post.delivered()
    assert hearer.said == []


async def test_what_waits_is_pushed_after_an_outage(wire: Wire, hearer: Hearer) -> None:
    made, ann = await a_room(wire)
    await wire.post.delivered()
    hearer.heard.clear()
    await wire.stop()
    await ann.say(made, "while away")
    await wire.start()
    await wire.post.delivered()
    assert hearer.said == ["while away"]


async def test_a_restart_loses_the_queue_and_holds_back_what_was_refused(wire: Wire, hearer: Hearer) -> None:
    made, ann = await a_room(wire)
    await wire.post.delivered()
    hearer.heard.clear()
    wire.post.delivery.first_wait = timedelta(hours=1)
    hearer.deaf = 1
    await ann.say(made, "refused")
    await hearer.refused.wait()
    await wire.stop()
    await ann.say(made, "lost")
    wire.post.restarted()
    await wire.start()
    await wire.post.ping("crewhall", "p")
    await asyncio.sleep(0.05)
    assert hearer.heard == []
    await ann.say(made, "news")
    await wire.post.delivered()
    assert hearer.said == ["refused", "news"]


async def test_rooms_are_mixed_but_each_keeps_its_order(wire: Wire, hearer: Hearer) -> None:
    rooms = [await a_room(wire, name) for name in ("one", "two", "three")]
    await wire.post.delivered()
    hearer.heard.clear()
    wire.post.delivery.shuffled = True
    for number in range(10):
        for made, ann in rooms:
            await ann.say(made, str(number))
    await wire.post.delivered()
    events = [event for _, told in hearer.heard for event in told]
    for made, _ in rooms:
        assert [e["content"]["body"] for e in events if e["room_id"] == made] == [str(n) for n in range(10)]


async def test_a_soft_failed_event_is_pushed_though_no_room_has_it(wire: Wire, hearer: Hearer) -> None:
    made, ann = await a_room(wire)
    await wire.post.delivered()
    hearer.heard.clear()
    forged = Event(EventId("$forged"), made, "m.room.message", ann.id, {"body": "!found"}, 1, 0)
    wire.post.smuggle(forged)
    await wire.post.delivered()
    (event,) = hearer.heard[0][1]
    assert (event["event_id"], event["unsigned"][SOFT_FAILED]) == (forged.id, True)
    assert forged.id not in wire.world.events


async def ask(wire: Wire, path: str, token: str = OURS) -> tuple[int, str]:
    url = f"{wire.url}/_matrix/client/v3/{path}"
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as response:
        body = await response.json()
        return response.status, body.get("user_id") or body.get("errcode")


async def test_the_service_speaks_only_as_its_registered_users(wire: Wire) -> None:
    keeper = FakeHomeserver(wire.world).me
    assert await ask(wire, "account/whoami") == (200, "@_crewhall:hall.test")
    assert await ask(wire, f"account/whoami?user_id={keeper}") == (200, keeper)
    assert await ask(wire, "account/whoami?user_id=@scribe:hall.test") == (403, "M_FORBIDDEN")
    assert await ask(wire, "account/whoami?user_id=@ann:hall.test") == (403, "M_FORBIDDEN")
    assert await ask(wire, "account/whoami", "") == (401, "M_MISSING_TOKEN")
    assert await ask(wire, "account/whoami", "wrong") == (401, "M_UNKNOWN_TOKEN")
    assert await ask(wire, "no/such/thing") == (404, "M_UNRECOGNIZED")
    with pytest.raises(TokenRefused):
        await Visitor(wire.url, UserId("@ann:hall.test"), "wrong").create_room()


async def test_bad_days_concern_the_service_and_a_stop_everybody(wire: Wire) -> None:
    FakeHomeserver(wire.world)
    ann = await wire.visitor("ann")
    wire.faults.script.extend([Mishap.LIMITED, Mishap.BROKEN])
    assert await ask(wire, "account/whoami") == (429, "M_LIMIT_EXCEEDED")
    await ann.create_room()
    assert (await ask(wire, "account/whoami"))[0] == 502
    # aiohttp asks once more by itself.
    wire.faults.script.extend([Mishap.CUT, Mishap.CUT, Mishap.LOST, Mishap.LOST])
    for _ in range(2):
        with pytest.raises(aiohttp.ClientConnectionError):
            await ask(wire, "account/whoami")
    wire.faults.stopped = True
    with pytest.raises(TryLater):
        await ann.create_room()
    wire.faults.stopped = False
    port = wire.port
    await wire.stop()
    with pytest.raises(TryLater):
        await ann.create_room()
    await wire.start()
    assert wire.port == port
    await ann.create_room()
    assert wire.calls.by_kind["whoami"] >= 4


async def test_people_hear_what_is_new_as_soon_as_it_is_there(wire: Wire) -> None:
    keeper, ann = FakeHomeserver(wire.world), await wire.visitor("ann")
    made = await keeper.create_room(
        NewRoom("_crewhall_lobby", "12", {"users": {}, "invite": 50}, (), name="Lobby")
    )
    await keeper.invite(made, ann.id)
    first: Any = await ann.sync()
    assert list(first["rooms"]["invite"]) == [made]
    await ann.join(made)
    second: Any = await ann.sync(first["next_batch"])
    told = second["rooms"]["join"][made]
    assert {"name": "Lobby"} in [e["content"] for e in told["timeline"]["events"] + told["state"]["events"]]
    waiting = asyncio.create_task(ann.sync(second["next_batch"], timedelta(seconds=20)))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await keeper.send(made, "m.room.message", {"msgtype": "m.notice", "body": "now"}, "t")
    third: Any = await asyncio.wait_for(waiting, 5)
    assert [e["content"]["body"] for e in third["rooms"]["join"][made]["timeline"]["events"]] == ["now"]
    await keeper.remove(made, ann.id, "bye")
    fourth: Any = await ann.sync(third["next_batch"])
    assert list(fourth["rooms"]["leave"]) == [made]
