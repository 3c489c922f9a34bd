"""A server that does not answer is asked less and less, and nothing of ours waits for it."""

import asyncio
from datetime import timedelta

import pytest

from crewhall.errors import Beyond, Denied
from crewhall.flows.afar import Afar, LeftAlone
from crewhall.ground.ids import RoomKey
from crewhall.testing.clock import ToldClock

LOBBY, HEARTH = RoomKey("rivendell/place/lobby"), RoomKey("rivendell/rung/friends/hearth")
DALE, BREE = "dale.test", "bree.test"
HOUR = timedelta(hours=1)


class Ways:
    """Calls to other servers; those in `dead` do not answer."""

    def __init__(self) -> None:
        self.clock = ToldClock()
        self.afar = Afar(self.clock, jitter=lambda: 1.0)
        self.dead = {DALE}
        self.asked: list[str] = []
        self.poked: list[RoomKey] = []

    async def invite(self, name: str, room: RoomKey = LOBBY) -> str:
        async def call() -> None:
            self.asked.append(name)
            if name in self.dead:
                raise Beyond("502")

        try:
            await self.afar.ask(name, room, call)
        except LeftAlone:
            return "left alone"
        except Beyond:
            return "no answer"
        return "done"

    async def live(self, span: timedelta) -> None:
        """Let time pass; whatever is due then is asked again, as the service does."""
        end = self.clock.now() + span
        while self.clock.now() < end:
            await self.clock.advance(timedelta(seconds=5))
            poked: list[RoomKey] = []
            self.afar.beat(poked.append)
            for room in poked:
                await self.invite(DALE, room)
            self.poked += poked


@pytest.fixture
def ways() -> Ways:
    return Ways()


async def test_it_is_asked_less_and_less_and_at_least_once_an_hour(ways: Ways) -> None:
    await ways.invite(DALE)
    await ways.live(24 * HOUR)
    assert 24 <= len(ways.asked) <= 24 + 9
    ways.asked.clear()
    await ways.live(5 * HOUR)
    assert len(ways.asked) == 5


async def test_others_are_asked_all_the_while(ways: Ways) -> None:
    assert await ways.invite(DALE) == "no answer"
    assert await ways.invite(DALE) == "left alone"
    assert await ways.invite(BREE) == "done"


async def test_many_rooms_of_one_dead_server_count_once(ways: Ways) -> None:
    await ways.invite(DALE)
    for n in range(50):
        assert await ways.invite(DALE, RoomKey(f"rivendell/crew/c{n}")) == "left alone"
    assert len(ways.asked) == 1
    await ways.live(timedelta(seconds=15))
    assert len(ways.asked) == 2
    assert len(ways.poked) == 51


async def test_what_is_heard_from_there_lets_it_be_asked_at_once(ways: Ways) -> None:
    await ways.invite(DALE)
    await ways.invite(DALE, HEARTH)
    await ways.live(24 * HOUR)
    taken: list[object] = []

    async def accept(events: object) -> None:
        taken.append(events)

    ways.asked.clear()
    ways.poked.clear()
    ways.dead.clear()
    letters = [{"sender": "@ben:here.test"}, {"sender": 7}, "garbage", {"sender": f"@di:{DALE}"}]
    await ways.afar.taking(accept)(letters)
    assert taken == [letters]
    await ways.live(timedelta(seconds=10))
    assert ways.poked == [LOBBY, HEARTH]
    assert ways.asked == [DALE, DALE]


async def test_a_server_that_answers_again_and_dies_is_left_alone_for_seconds_first(ways: Ways) -> None:
    await ways.invite(DALE)
    await ways.live(24 * HOUR)
    ways.dead.clear()
    await ways.live(HOUR)
    ways.dead.add(DALE)
    assert await ways.invite(DALE) == "no answer"
    await ways.clock.advance(timedelta(seconds=11))
    assert await ways.invite(DALE) == "no answer"


async def test_a_refusal_is_an_answer(ways: Ways) -> None:
    async def refuse() -> None:
        raise Denied("M_FORBIDDEN", "no")

    with pytest.raises(Denied):
        await ways.afar.ask(DALE, LOBBY, refuse)
    assert await ways.invite(DALE) == "no answer"


async def test_of_thousands_of_dead_servers_the_latest_are_remembered(ways: Ways) -> None:
    ways.dead = {f"s{n}.test" for n in range(3_000)}
    for name in sorted(ways.dead):
        await ways.invite(name)
    assert len(ways.afar._silent) <= 1_000


async def test_one_call_at_a_time_waits_for_a_silent_server(ways: Ways) -> None:
    await ways.invite(DALE)
    await ways.clock.advance(timedelta(seconds=61))
    answered = asyncio.Event()

    async def slow() -> None:
        await answered.wait()

    first = asyncio.create_task(ways.afar.ask(DALE, LOBBY, slow))
    await asyncio.sleep(0)
    assert await ways.invite(DALE, HEARTH) == "left alone"
    answered.set()
    await first
    ways.dead.clear()
    await ways.live(timedelta(seconds=5))
    assert HEARTH in ways.poked
