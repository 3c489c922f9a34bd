"""The doctor on a real homeserver: fine where all is well; then things are broken, and each is found."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
import yaml
from aiohttp import ClientConnectorError, ClientSession

from crewhall.doctor.visiting import FRESH
from crewhall.lab.guests import Guest
from crewhall.lab.town import Town

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="session")]

CANARY = "xq7canary"
LEVELS = "m.room.power_levels"


def charter(*founders: str) -> Mapping[str, object]:
    return {
        "key": "staddle",
        "name": "Staddle",
        "founders": founders,
        "door": {"join": "public"},
        "places": [{"key": "inn", "name": "Inn"}, {"key": "loft", "name": "Loft"}],
        "room_version": "11",  # from 12 on nobody can take power from the keeper
    }


async def examined(town: Any) -> tuple[int, list[Mapping[str, str]]]:
    told = await town.crewhall("doctor", "--json")
    assert told.err == ""
    return told.status, [one for one in json.loads(told.out)["findings"] if one["level"] != "fine"]


async def ask(town: Any, path: str) -> tuple[int, str]:
    async with ClientSession() as session, session.get(f"http://{town.watched}{path}") as response:
        return response.status, await response.text()


async def is_ready(town: Any) -> bool:
    """Whether the service says that it is ready; it is heard before it can be watched."""
    try:
        return (await ask(town, "/ready"))[0] == 200
    except ClientConnectorError:
        return False


async def as_keeper(town: Any, room: str, kind: str, content: Mapping[str, object] | None = None) -> Any:
    """Read or write state as the keeper, as whoever has its token can."""
    paper = yaml.safe_load((town.directory / "registration.yaml").read_text())
    address = f"{town.synapse.address}/_matrix/client/v3/rooms/{room}/state/{kind}/"
    headers = {"Authorization": f"Bearer {paper['as_token']}"}
    method = "GET" if content is None else "PUT"
    async with (
        ClientSession(headers=headers) as session,
        session.request(method, address, params={"user_id": town.keeper}, json=content) as response,
    ):
        assert response.status == 200, await response.text()
        return await response.json()


@dataclass
class Staddle:
    """A community that is well: both who hold its keys are in, and one has a chat with the keeper."""

    town: Town
    ann: Guest
    ben: Guest
    chat: str

    async def asked_anew(self) -> str:
        """Ask the doctor in chat, after what it has just told is no longer told again."""
        await asyncio.sleep(FRESH.total_seconds())
        return (await self.town.answer(self.ann, self.chat, "!doctor")).text

    async def enter(self, guest: Guest, place: str) -> str:
        return await guest.enter_room(f"#_crewhall_staddle_place_{place}:{self.town.synapse.name}")


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def staddle(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Staddle]:
    async with Town(tmp_path_factory.mktemp("staddle")) as town:
        ann, ben = await town.guest("ann"), await town.guest("ben")
        paper = town.write_charter("staddle", charter(ann.id, ben.id))
        assert (await town.crewhall("found", str(paper))).status == 0
        for person in (ann, ben):
            await person.accepts("Staddle")
        yield Staddle(town, ann, ben, await town.chat(ann))


async def test_where_all_is_well_it_is_fine(staddle: Staddle) -> None:
    town = staddle.town
    assert (await staddle.asked_anew()).endswith("all is well.")
    assert await examined(town) == (0, [])
    assert (await ask(town, "/live"))[1] == f"{town.keeper} lives\n"
    assert await ask(town, "/ready") == (200, "ready\n")


async def test_power_that_was_taken_away(staddle: Staddle) -> None:
    town, ann = staddle.town, staddle.ann
    inn = await staddle.enter(ann, "inn")
    levels = await as_keeper(town, inn, LEVELS)
    await as_keeper(town, inn, LEVELS, {**levels, "users": {ann.id: 100}})
    status, found = await examined(town)
    assert status == 1
    lacking = [one for one in found if "has not the power to" in one["what"]]
    assert [one["what"].split()[1] for one in lacking] == ["staddle/place/inn"]
    assert lacking[0]["remedy"] == f"Give {town.keeper} power 100 in Inn."
    told = await staddle.asked_anew()
    assert f"Give {town.keeper} power 100 in Inn." in told
    await ann.call("PUT", "v3/rooms", inn, "state", LEVELS, "", body=levels)
    assert await examined(town) == (0, [])


async def test_a_room_that_was_replaced(staddle: Staddle) -> None:
    town = staddle.town
    loft = await staddle.enter(staddle.ann, "loft")
    heir = (await staddle.ann.call("POST", "v3/createRoom", body={"name": "Loft"}))["room_id"]
    await as_keeper(town, loft, "m.room.tombstone", {"replacement_room": heir, "body": "moved"})
    status, found = await examined(town)
    assert status == 1
    assert any(f"it was replaced by {heir}" in one["what"] for one in found), found
    await as_keeper(town, loft, "m.room.tombstone", {"replacement_room": ""})


async def test_words_reasons_and_tokens_stay_inside(staddle: Staddle) -> None:
    town, ann = staddle.town, staddle.ann
    await ann.say(staddle.chat, f"I feel {CANARY}")
    await town.answer(ann, staddle.chat, f"!why {CANARY}")
    inn = await staddle.enter(ann, "inn")
    await staddle.enter(staddle.ben, "inn")
    leaving = {"membership": "leave", "reason": CANARY}
    member = "m.room.member"
    await staddle.ben.call("PUT", "v3/rooms", inn, "state", member, staddle.ben.id, body=leaving)
    await town.answer(ann, staddle.chat, "!me")
    _, metrics = await ask(town, "/metrics")
    assert "crewhall_people 2.0" in metrics
    told = town.log + metrics
    for command in ("doctor", "check", "plan"):
        printed = await town.crewhall(command)
        told += printed.out + printed.err
    paper = yaml.safe_load((town.directory / "registration.yaml").read_text())
    for secret in (CANARY, paper["as_token"], paper["hs_token"]):
        assert secret not in told


async def test_a_token_that_nobody_knows(staddle: Staddle) -> None:
    paper = staddle.town.directory / "registration.yaml"
    whole = paper.read_text()
    paper.write_text(whole.replace(yaml.safe_load(whole)["as_token"], "another-token-that-nobody-knows"))
    try:
        status, found = await examined(staddle.town)
    finally:
        paper.write_text(whole)
    assert status == 1
    assert any(one["what"] == "the homeserver does not know our token" for one in found)


async def test_a_service_and_a_homeserver_that_rest(staddle: Staddle) -> None:
    town = staddle.town
    await town.rest()
    _, found = await examined(town)
    assert any(one["remedy"] == "start it: crewhall serve" for one in found)
    await town.synapse.stop()
    status, found = await examined(town)
    assert status == 1
    assert any("no homeserver answers" in one["what"] for one in found)
    await town.synapse.start()
    await town.serve()
    async with asyncio.timeout(30):
        while not await is_ready(town):
            await staddle.ann.look()
