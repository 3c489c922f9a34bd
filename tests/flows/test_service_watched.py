"""The running service can be watched: it lives, it is ready when it is, and what it counts names nobody."""

import asyncio
import io
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from crewhall import registration as registrations
from crewhall.app import Service
from crewhall.lab.ports import LOOPBACK
from crewhall.log import configure
from crewhall.settings import LogSettings
from crewhall.testing.clock import ToldClock
from crewhall.testing.faults import Mishap

pytestmark = pytest.mark.usefixtures("log_as_before")

PATIENCE = 60.0
CANARY = "xq7canary"
LANTERN = "rivendell/crew/lantern"


@pytest.fixture
def log() -> io.StringIO:
    """Give what is logged in this process from now on, down to the least."""
    out = io.StringIO()
    configure(LogSettings(format="json", level="debug"), out)
    return out


def logs(folder: Path) -> Iterator[Path]:
    return folder.rglob("*.log")


async def ask(service: Service, path: str) -> tuple[int, str]:
    address = f"http://{LOOPBACK}:{service.lookout.port}{path}"
    async with ClientSession() as session, session.get(address) as response:
        return response.status, await response.text()


async def metrics(service: Service) -> dict[str, float]:
    """Return every sample by its name and labels as they are written."""
    status, text = await ask(service, "/metrics")
    assert status == 200
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


async def counted(
    site: Any, service: Service, test: Callable[[dict[str, float]], bool], what: str
) -> dict[str, float]:
    """Wait until the numbers are so, while told time passes; return them."""
    end = time.monotonic() + PATIENCE
    while not test(counts := await metrics(service)):
        assert time.monotonic() < end, f"waited in vain until {what}: {counts}"
        await site.world.clock.advance(timedelta(seconds=0.25))
        await asyncio.sleep(0.02)
    return counts


def pauses(site: Any, kinds: list[timedelta]) -> list[timedelta]:
    """Return the waits of these lengths, in order."""
    return [wait for wait in site.world.clock.slept if wait in kinds]


async def test_it_lives_at_once_and_is_ready_when_the_homeserver_reached_it(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        await site.wire.stop()
        async with site.serving() as service:
            assert await ask(service, "/live") == (200, f"{site.keeper} lives\n")
            status, why = await ask(service, "/ready")
            assert (status, why.count("\n")) == (503, 1)
            assert "the homeserver has not reached us yet" in why
            assert (await metrics(service))["crewhall_ready"] == 0
            await site.wire.start()
            await counted(site, service, lambda counts: counts["crewhall_ready"] == 1, "it is ready")
            assert await ask(service, "/ready") == (200, "ready\n")


async def test_who_is_not_reached_goes_on_asking_soon_and_then_seldom_until_they_are(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        directory = site.wire.world.directory
        whole = dict(directory.services)
        for key, registered in whole.items():
            directory.services[key] = replace(registered, url=None)
        await site.found()  # only now: nothing waits to be pushed to where the service was
        async with site.serving() as service:
            await site.until(service.ready.is_set, "it is awake")
            assert (await ask(service, "/ready"))[0] == 503
            waits = [timedelta(seconds=each) for each in (1, 2, 4, 8, 16, 30, 30)]
            for n, wait in enumerate(waits):
                await site.until(lambda n=n: len(pauses(site, waits)) > n, f"it waits {wait}")
                assert pauses(site, waits)[n] == wait
                await site.world.clock.advance(wait)
            directory.services.update(whole)
            await site.until(service.lookout.reached.is_set, "it is reached", within=20)
            assert (await ask(service, "/ready"))[0] == 200


async def test_it_is_not_ready_before_what_waited_was_heard(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        async with site.works() as built:
            event = {
                "type": "m.room.message",
                "event_id": "$waits",
                "room_id": site.room("rivendell/place/lobby"),
                "sender": site.ann.id,
                "origin_server_ts": int(site.world.clock.now().timestamp() * 1000),
                "content": {"msgtype": "m.text", "body": "!help"},
            }
            await built.ledger.take_in([event], site.world.clock.now())
            service = Service(built)
            service.lookout.reached.set()
            assert "still being heard" in service.lookout.why_not()
            async with service.running():
                await site.until(lambda: not service.lookout.why_not(), "all is heard")
                assert all(one.id != "$waits" for one in await built.ledger.waiting())


async def test_what_it_does_is_counted(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        async with site.serving() as service:
            await site.awake()
            await site.answered(await site.start_crew())
            counts = await counted(
                site,
                service,
                lambda counts: counts["crewhall_inbox_waiting"] == counts["crewhall_outbox_waiting"] == 0,
                "nothing waits",
            )
    assert counts['crewhall_transactions_total{outcome="taken"}'] > 0
    assert counts['crewhall_events_total{outcome="kept"}'] > 0
    assert counts["crewhall_communities"] == 1
    assert counts["crewhall_people"] == 3
    assert counts["crewhall_crews"] == 1
    assert counts["crewhall_ledger_facts"] > 5
    assert counts["crewhall_ledger_bytes"] > 4096
    assert counts['crewhall_steps_total{kind="create",outcome="done"}'] >= 1
    assert counts["crewhall_plan_steps_count"] >= 1
    calls = {name for name in counts if name.startswith("crewhall_homeserver_calls_total")}
    assert any('path="/v3/rooms/{room}/send/{kind}/{txn}",status="2xx"' in name for name in calls)


async def test_what_is_in_the_way_is_counted_until_it_is_out_of_the_way(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        async with site.serving() as service:
            await site.awake()
            room = site.room("rivendell/place/lobby")
            levels = dict(site.world.room(room).content("m.room.power_levels") or {})
            old = {"replacement_room": "!elsewhere"}
            site.world.append(site.world.room(room), site.ann.id, "m.room.tombstone", old, "")
            service.look_around()
            await site.until(lambda: len(service.lookout.obstacles) == 1, "it is met")
            assert (await metrics(service))["crewhall_rooms_blocked"] == 1
            assert levels
            del site.world.room(room).state["m.room.tombstone", ""]
            service.look_around()
            await site.until(lambda: not len(service.lookout.obstacles), "it is over")
            assert (await metrics(service))["crewhall_rooms_blocked"] == 0


async def test_a_door_that_is_put_back_is_counted(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        async with site.serving() as service:
            await site.awake()
            room = site.world.room(site.room("rivendell"))
            await site.ann.set_state(room.id, "m.room.join_rules", {"join_rule": "invite"})
            await site.until(lambda: room.join_rule == "public", "the door is restored")
            restored = 'crewhall_drift_total{kind="doors",outcome="restored"}'
            await counted(site, service, lambda counts: counts.get(restored) == 1, "it is counted")


def met(counts: dict[str, float], status: str) -> bool:
    return sum(v for name, v in counts.items() if f'status="{status}"' in name) >= 1


async def test_trouble_of_the_homeserver_is_counted_by_class(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        async with site.serving() as service:
            await site.awake()
            site.wire.faults.script.extend([Mishap.BROKEN, Mishap.LIMITED, *[Mishap.CUT] * 8])
            service.look_around()
            for status in ("5xx", "429", "none"):
                await counted(site, service, partial(met, status=status), f"{status} is met")


async def test_a_taken_port_stops_only_the_watch(sites: Any, log: io.StringIO) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        config = site.config.read_text()
        site.config.write_text(
            config.replace(site.settings.watch.listen, site.wire.url.removeprefix("http://"))
        )
        async with site.serving() as service:
            await site.answered(await site.start_crew())
            assert service.lookout.port == 0
    assert "choose another for watch.listen" in log.getvalue()


async def test_an_empty_setting_is_no_watch(sites: Any, log: io.StringIO) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        config = site.config.read_text()
        site.config.write_text(config.replace(f"listen: {site.settings.watch.listen}", "listen: ''"))
        assert site.settings.watch.listen == ""
        async with site.serving() as service:
            await site.awake()
            assert service.lookout.port == 0
    assert "watch.deaf" not in log.getvalue()


async def test_only_three_questions_are_answered(sites: Any) -> None:
    async with sites(ToldClock()) as site:
        await site.found()
        async with site.serving() as service:
            for path in ("/", "/metrics/x", "/_matrix/app/v1/ping", "/..%2fetc/passwd"):
                assert (await ask(service, path))[0] == 404
            address = f"http://{LOOPBACK}:{service.lookout.port}/metrics"
            async with ClientSession() as session, session.post(address, data=b"x") as response:
                assert response.status == 405


async def test_neither_tokens_nor_words_nor_reasons_get_out(
    sites: Any, log: io.StringIO, tmp_path: Path
) -> None:
    async with sites(ToldClock()) as site:
        site.wire.post.delivery.first_wait = timedelta(seconds=0.01)
        await site.found()
        registration = registrations.of(site.settings)
        tokens = {getattr(registration, name).get_secret_value() for name in ("as_token", "hs_token")}
        async with site.serving() as service:
            await site.awake()
            lobby = site.room("rivendell/place/lobby")
            await site.answered(await site.start_crew())
            for words in (f"hello {CANARY}", f"!invite {CANARY} to friends", f"!why {CANARY}", f"!{CANARY}"):
                await site.ann.say(lobby, words)
                await site.quiet()
            await site.ann.join(site.room(LANTERN))
            await site.ben.join(site.room(LANTERN))
            await site.quiet()
            kick = {"membership": "leave", "reason": CANARY}
            for key in ("rivendell", LANTERN):
                room = site.world.room(site.room(key))
                site.world.append(room, site.ann.id, "m.room.member", kick, site.ben.id)
            await site.quiet()
            site.wire.faults.script.extend([Mishap.BROKEN, Mishap.CUT, Mishap.LIMITED, Mishap.LOST] * 3)
            asked = await site.ann.say(lobby, "!me")
            await site.until(lambda: site.answers(asked), "it is answered through all of that")
            await site.ann.say(lobby, f"!help {CANARY}")
            await site.quiet()
            door = f"http://{site.settings.service.listen}/_matrix/app/v1/transactions/1"
            bad = {"Authorization": f"Bearer {CANARY}"}
            async with ClientSession() as session:
                async with session.put(door, headers=bad, data=f'{{"events": "{CANARY}"}}') as response:
                    assert response.status == 403
                async with session.put(f"{door}?access_token={CANARY}", data=CANARY) as response:
                    assert response.status == 401
            _, told = await ask(service, "/metrics")
        for arguments in (("doctor",), ("doctor", "--json"), ("check",), ("plan",)):
            told += (await site.run(*arguments))[1]
        told += log.getvalue()
        told += "".join(map(Path.read_text, logs(tmp_path)))
        assert "service.awake" in told
        for secret in (CANARY, *tokens):
            assert secret not in told
