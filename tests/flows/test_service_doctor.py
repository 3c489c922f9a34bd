"""The doctor beside a running service: fine where all is well, and each thing that is broken is found."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import yaml

from crewhall import registration as registrations
from crewhall.app import Service
from crewhall.ground.ids import RoomId
from crewhall.testing.clock import ToldClock
from crewhall.testing.people import Person

MINUTE = timedelta(minutes=1)
LOBBY, LANTERN = "rivendell/place/lobby", "rivendell/crew/lantern"
LEVELS = "m.room.power_levels"
CHARTER: Mapping[str, Any] = {
    "key": "rivendell",
    "name": "Rivendell",
    "founders": ["@ann:hall.test", "@ben:hall.test"],
    "door": {"join": "public"},
    "places": [{"key": "lobby", "name": "Lobby"}],
    "room_version": "11",
}


async def lived_in(site: Any) -> None:
    """Have the community founded, and the service see who came in."""
    await site.found()
    async with site.serving():
        await site.awake()


async def examined(site: Any) -> tuple[int, list[Mapping[str, str]]]:
    """Run the command; return its exit status and what is not fine."""
    status, told = await site.run("doctor", "--json")
    found = json.loads(told)
    assert {0: "fine", 1: "wrong", 2: "warning"}[status] == found["status"]
    assert [one for one in found["findings"] if one["level"] != "fine" and not one["remedy"]] == []
    return status, [one for one in found["findings"] if one["level"] != "fine"]


def append(site: Any, key: str, kind: str, content: Mapping[str, object]) -> None:
    """Have state change past all rules, and unheard."""
    site.wire.post.delivery.lose_every = 1
    site.world.append(site.world.room(site.room(key)), site.ann.id, kind, dict(content), "")
    site.wire.post.delivery.lose_every = 0


def with_operator(site: Any, person: str) -> None:
    told = yaml.safe_load(site.config.read_text())
    told["service"]["operators"] = [person]
    site.config.write_text(yaml.safe_dump(told))


async def chat(site: Any, service: Service, person: Person) -> RoomId:
    """Have somebody open their chat with the keeper, and come in."""
    await person.create_room({"invite": [site.keeper], "is_direct": True})
    key = service.chats.key(person.id)
    await site.until(lambda: site.exists(key), "a chat is there")
    await site.until(
        lambda: site.world.room(site.room(key)).membership(person.id) == "invite", "it is offered"
    )
    await person.join(site.room(key))
    await site.quiet()
    room: RoomId = site.room(key)
    return room


async def says(site: Any, person: Person, room: str, words: str) -> str:
    """Say something; return all that the keeper says in that room after it."""
    before = len(site.said(room))
    await person.say(room, words)
    await site.until(lambda: len(site.said(room)) > before, "it is answered")
    await site.quiet()
    return "\n".join(str(one.content["body"]) for one in site.said(room)[before:])


async def test_where_all_is_well_it_says_fine(sites: Any) -> None:
    async with sites(charter=CHARTER) as site:
        await site.found()
        async with site.serving():
            await site.awake()
            assert await examined(site) == (0, [])
            before = len(site.world.log)
            status, told = await site.run("doctor")
            assert (status, "Wrong: 0. Warnings: 0." in told) == (0, True), told
            assert len(site.world.log) == before


async def test_a_service_that_rests_is_a_warning(sites: Any) -> None:
    async with sites(charter=CHARTER) as site:
        await lived_in(site)
        status, (found,) = await examined(site)
        assert (status, found["remedy"]) == (2, "start it: crewhall serve")


async def test_power_that_was_taken_away_is_named_room_by_room(sites: Any) -> None:
    async with sites(charter=CHARTER) as site:
        await lived_in(site)
        for key in ("rivendell", LOBBY):
            levels = site.world.room(site.room(key)).content(LEVELS) or {}
            append(site, key, LEVELS, {**levels, "users": {site.ann.id: 99, site.ben.id: 99}})
        status, found = await examined(site)
        assert status == 1
        wrong = [one for one in found if one["level"] == "wrong"]
        assert {one["what"].split()[1] for one in wrong} == {"rivendell", LOBBY}
        assert all(one["remedy"].startswith(f"Give {site.keeper} power 100 in ") for one in wrong)


async def test_a_room_that_was_replaced_is_named_with_its_heir(sites: Any) -> None:
    async with sites(charter=CHARTER) as site:
        await lived_in(site)
        append(site, LOBBY, "m.room.tombstone", {"replacement_room": "!heir:hall.test", "body": "moved"})
        status, found = await examined(site)
        assert status == 1
        (wrong,) = [one for one in found if one["level"] == "wrong"]
        assert "it was replaced by !heir:hall.test" in wrong["what"]
        assert wrong["remedy"]


async def test_a_room_of_an_older_version_is_a_warning(sites: Any) -> None:
    async with sites(charter=CHARTER) as site:
        await lived_in(site)
        state = site.world.room(site.room(LOBBY)).state
        made = state["m.room.create", ""]
        state["m.room.create", ""] = replace(made, content={**made.content, "room_version": "10"})
        status, found = await examined(site)
        assert status == 2
        (old,) = [one for one in found if f"{LOBBY} is of room version 10" in one["what"]]
        assert "crewhall upgrade rivendell" in old["remedy"]


async def test_a_wrong_token_is_told_with_the_remedy_and_no_more(sites: Any) -> None:
    async with sites(charter=CHARTER) as site:
        await lived_in(site)
        token = registrations.of(site.settings).as_token.get_secret_value()
        paper = site.folder / "registration.yaml"
        paper.write_text(paper.read_text().replace(token, "another-token-that-nobody-knows"))
        status, found = await examined(site)
        assert status == 1
        wrong = [one for one in found if one["level"] == "wrong"]
        assert [one["what"] for one in wrong] == ["the homeserver does not know our token"]
        assert "restart it" in wrong[0]["remedy"]


async def test_without_the_homeserver_what_is_written_is_told_still(sites: Any) -> None:
    async with sites(charter={**CHARTER, "founders": ["@ann:hall.test"]}) as site:
        await lived_in(site)
        await site.wire.stop()
        status, found = await examined(site)
        assert status == 1
        said = " ".join(one["what"] for one in found)
        assert "no homeserver answers" in said
        assert "Only one person here holds a key." in said


async def test_who_holds_a_key_asks_in_chat_and_is_answered_in_private(sites: Any) -> None:
    async with sites(ToldClock(), charter=CHARTER) as site:
        await site.found()
        async with site.serving() as service:
            await site.awake()
            own = await chat(site, service, site.ann)
            assert await says(site, site.ann, own, "!doctor") == "I looked at Rivendell: all is well."
            append(site, LOBBY, "m.room.tombstone", {"replacement_room": "!heir:hall.test"})
            await site.world.clock.advance(MINUTE)
            lobby = site.room("rivendell/place/lobby")
            before = len(site.said(lobby))
            told = await says(site, site.ann, own, "!doctor")
            assert "care for Lobby: it was replaced by !heir:hall.test" in told
            assert len(site.said(lobby)) == before


async def test_who_holds_none_is_told_who_is(sites: Any) -> None:
    async with sites(ToldClock(), charter=CHARTER) as site:
        await site.found()
        async with site.serving() as service:
            await site.awake()
            before = site.wire.calls.by_kind["look"]
            own = await chat(site, service, site.cleo)
            told = await says(site, site.cleo, own, "!doctor")
            assert "those who hold a key" in told
            assert site.wire.calls.by_kind["look"] - before < 5


async def test_an_operator_hears_of_all_communities_and_of_the_service(sites: Any) -> None:
    async with sites(ToldClock(), charter=CHARTER) as site:
        await site.found()
        with_operator(site, site.cleo.id)
        async with site.serving() as service:
            await site.awake()
            own = await chat(site, service, site.cleo)
            told = await says(site, site.cleo, own, "!doctor")
            assert "I looked at Rivendell: all is well." in told
            assert "ervice itself" in told


async def test_of_a_crews_room_a_keyholder_hears_only_that_there_is_one(sites: Any) -> None:
    async with sites(ToldClock(), charter=CHARTER) as site:
        await site.found()
        async with site.serving() as service:
            await site.awake()
            await site.answered(await site.start_crew())
            own = await chat(site, service, site.ann)
            append(site, LANTERN, "m.room.tombstone", {"replacement_room": "!heir:hall.test"})
            await site.world.clock.advance(MINUTE)
            told = await says(site, site.ann, own, "!doctor")
            assert "In one crew" in told
            assert "heir" not in told
            assert "antern" not in told
        status, found = await examined(site)
        assert status == 1
        assert any(LANTERN in one["what"] for one in found)
