"""`crewhall upgrade`: what is shown before anything is done, and what is refused in one sentence."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from crewhall.errors import Misconfigured, Missing, NotYet, TokenRefused
from crewhall.ground.ids import CommunityKey
from crewhall.retiring import plan as plan_retiring
from crewhall.retiring import retire
from crewhall.testing.faults import Mishap
from crewhall.upgrading import plan, upgrade

HALL = CommunityKey("rivendell")
OLD: Mapping[str, Any] = {
    "key": "rivendell",
    "name": "Rivendell",
    "founders": ["@ann:hall.test"],
    "door": {"join": "public"},
    "room_version": "11",
    "places": [{"key": "lobby", "name": "Lobby"}],
    "rungs": [{"key": "friends", "name": "Friends", "rooms": [{"key": "commons", "name": "Commons"}]}],
}


async def test_the_plan_says_of_each_room_what_its_move_means(sites: Any) -> None:
    async with sites(charter=OLD) as site:
        await site.found()
        async with site.works() as built:
            shown = await plan(built, HALL, None)
        told = {row.key: (row.version, row.people, row.listed, row.opens) for row in shown.rows}
        assert told == {
            "rivendell": ("11", 3, 0, 2),
            "rivendell/crews": ("11", 0, 1, 0),
            "rivendell/rung/friends": ("11", 1, 1, 1),
            "rivendell/place/lobby": ("11", 0, 1, 0),
            "rivendell/rung/friends/commons": ("11", 0, 1, 0),
        }
        assert (shown.to, shown.charter, shown.begun) == ("12", "11", False)
        assert shown.rows[0].key == "rivendell"


async def test_what_cannot_be_is_refused_and_nothing_is_changed(sites: Any) -> None:
    async with sites(charter=OLD) as site:
        await site.found()
        before = len(site.world.log)
        async with site.works() as built:
            with pytest.raises(Missing, match=r"no community bree here: .* rivendell"):
                await plan(built, CommunityKey("bree"), None)
            with pytest.raises(Misconfigured, match="version 9 is none that Crewhall knows: it knows 11, 12"):
                await plan(built, HALL, "9")
            with pytest.raises(NotYet, match="not the plan that was shown"):
                await upgrade(built, HALL, None, "00000000")
            assert not (await plan(built, HALL, "11")).rows
        assert len(site.world.log) == before


async def test_rooms_never_go_back(sites: Any) -> None:
    async with sites(charter={**OLD, "room_version": "12"}) as site:
        await site.found()
        async with site.works() as built:
            with pytest.raises(Misconfigured, match="are version 12: rooms never go back to 11"):
                await plan(built, HALL, "11")
            shown, receipt = await upgrade(built, HALL, "12", "anything")
            assert (shown.rows, receipt.rooms, receipt.missing) == ((), 0, ())


async def test_the_charter_says_the_new_version_so_that_rooms_to_come_have_it(sites: Any) -> None:
    async with sites(charter=OLD) as site:
        await site.found()
        async with site.works() as built:
            shown = await plan(built, HALL, None)
            _, receipt = await upgrade(built, HALL, None, shown.fingerprint)
            assert (receipt.rooms, receipt.missing) == (5, ())
            assert built.keeping.house.halls[HALL].charter.room_version == "12"
            assert not (await plan(built, HALL, None)).rows


async def test_a_room_in_which_the_keeper_lacks_power_is_named_and_the_others_move(sites: Any) -> None:
    async with sites(charter=OLD) as site:
        await site.found()
        lobby, keeper = site.room("rivendell/place/lobby"), site.world.asker(site.keeper)
        powers = dict(site.world.room(lobby).content("m.room.power_levels") or {})
        users = {**powers["users"], site.keeper: 50}
        site.world.put_state(keeper, lobby, "m.room.power_levels", "", {**powers, "users": users})
        async with site.works() as built:
            shown = await plan(built, HALL, None)
            assert [no.key for no in shown.blocked] == ["rivendell/place/lobby"]
            _, receipt = await upgrade(built, HALL, None, shown.fingerprint)
            assert receipt.rooms == 4
            ((key, why),) = receipt.missing
            assert key == "rivendell/place/lobby"
            assert "power 100" in why
        assert site.room("rivendell/place/lobby") == lobby
        root = site.world.room(site.room("rivendell"))
        assert (root.content("m.space.child", lobby) or {}).get("via")


async def test_a_room_whose_people_cannot_be_reached_now_is_finished_by_the_running_service(
    sites: Any,
) -> None:
    async with sites(charter={**OLD, "founders": ["@ann:hall.test", "@far:far.test"]}) as site:
        async with site.works() as built:
            assert (await built.found(site.charter)).whole
        far = site.world.asker("@far:far.test")
        for key in ("rivendell", "rivendell/rung/friends"):
            site.world.enter(far, site.room(key))
        site.world.unreachable.add("far.test")
        async with site.works() as built:
            shown = await plan(built, HALL, None)
            _, receipt = await upgrade(built, HALL, None, shown.fingerprint)
        assert {why.partition(":")[0] for _, why in receipt.missing} == {"invite @far"}
        site.world.unreachable.clear()
        async with site.serving() as service:
            new = site.world.room(site.room("rivendell"))
            await site.until(lambda: new.membership("@far:far.test") == "invite", "they are asked in again")
            await site.until(
                lambda: all(one.settled for one in service.works.keeping.house.former.values()),
                "all is settled",
            )


async def test_a_community_that_retires_after_a_move_has_the_keeper_in_none_of_its_rooms(sites: Any) -> None:
    async with sites(charter=OLD) as site:
        await site.found()
        async with site.works() as built:
            shown = await plan(built, HALL, None)
            await upgrade(built, HALL, None, shown.fingerprint)
            handing = await plan_retiring(built, HALL)
            _, refused = await retire(built, HALL, handing.fingerprint)
            assert refused == ()
            mine = await built.keeper.joined()
        keys = [(site.world.room(room).content("org.crewhall.locator") or {})["key"] for room in mine]
        assert keys == ["service/control"]


async def test_a_token_that_is_refused_on_the_way_stops_it_and_the_same_yes_goes_on(sites: Any) -> None:
    async with sites(charter=OLD) as site:
        await site.found()
        service = site.world.directory.services["crewhall"]

        def spoil(_: Mishap) -> None:
            site.world.directory.add_service(replace(service, as_token="another"))

        async with site.works() as built:
            shown = await plan(built, HALL, None)
            site.wire.faults.only, site.wire.faults.struck = frozenset({"invite"}), spoil
            site.wire.faults.script.append(Mishap.CUT)
            with pytest.raises(TokenRefused):
                await upgrade(built, HALL, None, shown.fingerprint)
            site.world.directory.add_service(service)
            _, receipt = await upgrade(built, HALL, None, shown.fingerprint)
            assert (receipt.rooms, receipt.missing) == (5, ())
