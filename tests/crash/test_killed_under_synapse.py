"""Beside a real homeserver the service is killed at some moments, and there is one of everything."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from crewhall import house as rules
from crewhall import registration as registrations
from crewhall.cli.opening import opened
from crewhall.ground.ids import UserId
from crewhall.lab import seedbed
from crewhall.lab.child import Child
from crewhall.lab.ports import LOOPBACK, free_port
from crewhall.lab.synapse import Synapse
from crewhall.settings import load
from crewhall.testing.visitors import Visitor

pytestmark = [pytest.mark.homeserver, pytest.mark.slow, pytest.mark.timeout(300)]

FOUNDED = ["", "/crews", "/place/lobby", "/rung/friends", "/rung/friends/commons"]
LANTERN = "lantern"
PATIENCE = 40.0


class Town:
    """A real homeserver, a service beside it, and two people."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config.yaml"
        self.synapse = Synapse(folder / "homeserver", appservices=[folder / "registration.yaml"])
        self._started = self._looks = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Town"]:
        await self.synapse.prepare()
        listen = f"{LOOPBACK}:{free_port()}"
        told = {
            "homeserver": {"address": self.synapse.address, "name": self.synapse.name},
            "service": {"listen": listen, "address": f"http://{listen}"},
        }
        self.config.write_text(yaml.safe_dump(told))
        registrations.write(self.folder / "registration.yaml", registrations.draft(load(self.config, {})))
        async with self.synapse:
            self.ann, self.ben = [await self._visitor(name) for name in ("ann", "ben")]
            yield self

    async def _visitor(self, name: str) -> Visitor:
        token = await self.synapse.register(name, "secret")
        return Visitor(self.synapse.address, UserId(f"@{name}:{self.synapse.name}"), token)

    def charter(self, key: str) -> str:
        """Write a small charter and return its path."""
        path = self.folder / f"{key}.yaml"
        rung = {"key": "friends", "name": "Friends", "rooms": [{"key": "commons", "name": "Commons"}]}
        told = {"key": key, "name": key.title(), "founders": [self.ann.id], "door": {"join": "public"}}
        told |= {"places": [{"key": "lobby", "name": "Lobby"}], "rungs": [rung]}
        path.write_text(json.dumps(told))
        return str(path)

    @asynccontextmanager
    async def crewhall(self, command: str, *arguments: str) -> AsyncIterator[Child]:
        """Start a command as a process; it is ended by its id."""
        self._started += 1
        child = await seedbed.start(
            [command, "-c", str(self.config), *arguments],
            log=self.folder / f"{self._started}-{command}.log",
            cwd=self.folder,
        )
        try:
            yield child
        finally:
            await child.kill()

    def address(self, key: str) -> str:
        return f"#_crewhall_{key.replace('/', '_')}:{self.synapse.name}"

    async def shown(self, person: Visitor) -> dict[str, Any]:
        """Return the rooms as somebody's client shows them."""
        self._looks += 1  # Synapse gives the same answer to the same question for two minutes
        rooms: Any = (await person.sync("", timedelta(milliseconds=self._looks))).get("rooms", {})
        return {kind: rooms.get(kind, {}) for kind in ("join", "invite", "leave")}

    async def replies(self, event: str) -> list[str]:
        """Return what the keeper replied to a message, as its sender sees it."""
        found = []
        for room in (await self.shown(self.ann))["join"].values():
            for said in room["timeline"]["events"]:
                relation = said.get("content", {}).get("m.relates_to", {})
                if relation.get("m.in_reply_to", {}).get("event_id") == event:
                    found.append(said["content"]["body"])
        return found


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with Town(tmp_path).open() as opened_:
        yield opened_


async def test_what_was_said_is_known_again_by_a_homeserver_that_was_killed(town: Town) -> None:
    async with town.crewhall("found", town.charter("known")) as child:
        assert await child.wait() == 0
    said = {"msgtype": "m.notice", "body": "once"}
    async with opened(town.config) as built:
        room = built.keeping.house.rooms["known/place/lobby"].room  # type: ignore[index] # a key
        first = await built.keeper.send(room, "m.room.message", said, "once")
        await town.synapse.kill()
        await town.synapse.start()
        assert await built.keeper.send(room, "m.room.message", said, "once") == first


async def test_founding_killed_at_some_moments_founds_once(town: Town) -> None:
    now = asyncio.get_running_loop().time
    begun = now()
    async with town.crewhall("found", town.charter("whole")) as child:
        assert await child.wait() == 0
    took, ends = now() - begun, set()
    for n, share in enumerate((0.45, 0.6, 0.75, 0.9)):
        key = f"hall{n}"
        paper = town.charter(key)
        begun = now()
        async with town.crewhall("found", paper) as child:
            with suppress(TimeoutError):
                async with asyncio.timeout(took * share):
                    await child.wait()
                took = now() - begun  # it was quicker than the one before
            if child.status is None:
                os.kill(child.pid, signal.SIGKILL)
            ends.add(await child.wait())
        async with town.crewhall("found", paper) as child:
            assert await child.wait() == 0, child.last_words()
        await assert_founded(town, key)
    assert -signal.SIGKILL in ends
    assert ends <= {0, -signal.SIGKILL}


async def test_a_command_cut_off_at_some_moments_is_answered_once(town: Town) -> None:
    async with town.crewhall("found", town.charter("hall")) as child:
        assert await child.wait() == 0
    for key in ("hall", "hall/place/lobby"):
        await town.ann.join(town.address(key))
    lobby = await town.ann.join(town.address("hall/place/lobby"))
    for n, moment in enumerate((0.02, 0.1, 0.25)):
        async with town.crewhall("serve") as child:
            await until(lambda: "service.awake" in child.last_words(50))
            event = await town.ann.say(lobby, f"!crew start {LANTERN}{n} open")
            await asyncio.sleep(moment)
            os.kill(child.pid, signal.SIGKILL)
            await child.wait()
        async with town.crewhall("serve") as child:
            for _ in range(int(PATIENCE / 0.2)):
                if await town.replies(event) and child.status is None:
                    break
                await asyncio.sleep(0.2)
            await until(lambda: "look.done" in child.last_words(50))
            await asyncio.sleep(0.5)
            assert await child.stop() == 0
        assert len(await town.replies(event)) == 1, moment
        await assert_founded(town, "hall", *(f"/crew/{LANTERN}{m}" for m in range(n + 1)))


async def assert_founded(town: Town, hall: str, *more: str) -> None:
    """Look: each room once, all of them listed, their first people invited, nothing left to do."""
    async with opened(town.config) as built:
        plan = await built.reconciler().plan(hall)
        assert (plan.steps, plan.blocked) == ((), ())
        rooms = built.keeping.house.rooms
        mine = await built.keeper.joined()
        keys = [content["key"] for room in mine if (content := await locator(built, room))]
        wished = [key for key in rules.rooms(built.keeping.house) if key.startswith(hall)]
    wanted = sorted(f"{hall}{key}" for key in (*FOUNDED, *more))
    assert sorted(key for key in keys if key.split("/")[0] == hall) == wanted
    assert sorted(wished) == wanted
    invited = set((await town.shown(town.ann))["invite"]) | set((await town.shown(town.ann))["join"])
    for key in ("", "/rung/friends", *more):
        assert rooms[f"{hall}{key}"].room in invited, key


async def locator(built: Any, room: str) -> Any:
    return await built.keeper.state(room, "org.crewhall.locator")


async def until(test: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not test():  # noqa: ASYNC110 - another process's log tells of nothing by itself
            await asyncio.sleep(0.05)
