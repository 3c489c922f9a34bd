"""Either side is away at every step of a link, for longer than servers catch up: both come to the same again.

Nothing is asked twice, nothing is stated twice, and who is not away is answered all the while.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

AWAY = timedelta(hours=5)
NOISE = 15
"""Events in the letterbox meanwhile: more than a server fetches after a gap."""
Step = tuple[str, Callable[[Any], Awaitable[object]]]


def _says(side: str, line: str) -> Callable[[Any], Awaitable[object]]:
    async def say(pair: Any) -> object:
        home = getattr(pair, side)
        return await home.tell(home.ann, line)

    return say


def _agrees(side: str) -> Callable[[Any], Awaitable[object]]:
    return lambda pair: pair.yes(getattr(pair, side))


STEPS: tuple[Step, ...] = (
    ("ours", _says("ours", "!link with @keeper:dale.test")),
    ("dale", _says("dale", "!link with @keeper:ours.test")),
    ("ours", _agrees("ours")),
    ("dale", _agrees("dale")),
    ("ours", _says("ours", "!link close guests with dale")),
    ("dale", _says("dale", "!unlink shire")),
)
HOW = ("homeserver", "service", "both")
FIRST = ("homeserver", "service")
"""What is started first again, where both were stopped."""


async def _stop(home: Any, how: str) -> None:
    if how != "homeserver":
        await home.stop()
    if how != "service":
        home.stop_homeserver(forgets=True)


async def _start(home: Any, how: str, first: str) -> None:
    if how != "service" and (how == "homeserver" or first == "homeserver"):
        home.start_homeserver(late=True)
    if how != "homeserver":
        await home.start()
    if how == "both" and first == "service":
        home.start_homeserver(late=True)


async def _noise(tools: Any, home: Any) -> None:
    """Have so much happen in a letterbox that what came before it is never pushed."""
    if not home.runs or home.homeserver.faults.stopped:
        return
    for n in range(NOISE):
        content = {"v": 1, "seq": n + 1, "recipe": "x", "body": f"{n}"}
        await home.homeserver.put_state(tools.box_of(home), "org.crewhall.sister.note", f"note{n}", content)


@pytest.mark.parametrize(
    ("at", "side", "how", "first"),
    [
        (at, side, how, first)
        for at, side, how, first in product(range(len(STEPS)), ("ours", "dale"), HOW, FIRST)
        if how == "both" or first == "homeserver"
    ],
)
async def test_both_come_to_the_same(  # noqa: PLR0917 - a case
    pair: Any, tools: Any, at: int, side: str, how: str, first: str
) -> None:
    for _, step in STEPS[:at]:
        await step(pair)
        await pair.settle()
    away, here = getattr(pair, side), pair.other(getattr(pair, side))
    await _stop(away, how)
    who, step = STEPS[at]
    acts = who != side or how == "service"
    if acts:
        await step(pair)
        await pair.settle()
    if at > 1 or (at == 1 and here is pair.ours):
        await _noise(tools, here)
    event = await here.tell(here.ben, "!links")
    await here.settle()
    assert len(here.answers(event)) == 1
    await pair.wait(AWAY)
    await _start(away, how, first)
    await pair.settle()
    await pair.heal()
    for _, rest in STEPS[at + acts :]:
        await rest(pair)
        await pair.settle()
    await pair.heal()
    pair.agree()
    assert [tools.stands(home) for home in pair.homes] == ["ended", "ended"]
    for home in pair.homes:
        assert len(tools.asked(home)) == 1
        assert len(_letterboxes(home)) == 1
        assert home.troubles == [] or how != "service"
        assert not tools.unasked(home)
    assert tools.told(pair.ours, "ended") <= 1


LATER: tuple[Step, ...] = (
    ("ours", _says("ours", "!link open recipes with dale")),
    ("ours", _agrees("ours")),
    ("dale", _says("dale", "!link with @keeper:ours.test")),
    ("dale", _agrees("dale")),
    ("dale", _says("dale", "!unlink shire")),
    ("ours", _says("ours", "!link with @keeper:dale.test")),
    ("dale", _says("dale", "!link with @keeper:ours.test")),
    ("ours", _agrees("ours")),
    ("dale", _agrees("dale")),
)
"""What follows on a link: it becomes wider, ends, and begins anew."""
WAYS = ("homeserver", "both")


@pytest.mark.parametrize(
    ("at", "side", "how"),
    [(at, side, WAYS[(at + n) % 2]) for at in range(len(LATER)) for n, side in enumerate(("ours", "dale"))],
)
async def test_a_link_that_widens_ends_and_begins_anew_survives_it_too(
    linked: Any, tools: Any, at: int, side: str, how: str
) -> None:
    for _, step in LATER[:at]:
        await step(linked)
        await linked.settle()
    away = getattr(linked, side)
    here = linked.other(away)
    await _stop(away, how)
    who, step = LATER[at]
    if who != side:
        await step(linked)
        await linked.settle()
    if tools.stands(here) != "ended":
        await _noise(tools, here)
    await linked.wait(AWAY)
    await _start(away, how, "service")
    await linked.settle()
    await linked.heal()
    for _, rest in LATER[at + (who != side) :]:
        await rest(linked)
        await linked.settle()
    await linked.heal()
    linked.agree()
    assert [tools.stands(home) for home in linked.homes] == ["holds", "holds"]
    for home in linked.homes:
        assert len(tools.asked(home)) == 3, "once for each of the three agreements"
        assert len(_letterboxes(home)) == 1
        assert not tools.unasked(home)


def _letterboxes(home: Any) -> list[str]:
    return [key for key in home.keeping.house.rooms if "/sister/" in key]


@pytest.mark.parametrize("side", ["ours", "dale"])
async def test_a_closed_flow_that_is_never_pushed_is_read_within_the_hour(
    linked: Any, tools: Any, side: str
) -> None:
    home = getattr(linked, side)
    other = linked.other(home)
    await home.tell(home.ann, f"!link close guests with {other.charter.key}")
    await home.settle()
    linked.federation.deliver()
    other._told = len(other.world.log)  # its pushes are lost
    await other.work()
    assert not tools.link_of(other).theirs.closed
    await linked.wait(timedelta(minutes=70))
    assert len(tools.link_of(other).theirs.closed) == 2
    linked.agree()


async def test_reordered_events_end_in_the_same(linked: Any, tools: Any) -> None:
    import random  # noqa: PLC0415 - one test

    linked.federation._luck = random.Random(3)  # noqa: S311 - the same in every run
    linked.federation.cut("ours.test", "dale.test")
    for line in ("!link close guests with dale", "!link close introductions with dale", "!unlink dale"):
        await linked.ours.tell(linked.ours.ann, line)
        await linked.settle()
    await linked.dale.tell(linked.dale.ann, "!link close guests with shire")
    await linked.settle()
    assert tools.stands(linked.dale) == "holds"
    linked.federation.mend("ours.test", "dale.test")
    await linked.settle()
    linked.agree()
    assert tools.stands(linked.dale) == "ended"
    assert tools.told(linked.dale, "ended") == 1


async def test_a_dead_sister_is_asked_less_and_less_and_life_here_goes_on(pair: Any, tools: Any) -> None:
    pair.dale.stop_homeserver()
    await pair.named(pair.ours)
    await pair.settle()
    calls = pair.ours.homeserver.calls
    calls.clear()
    for _ in range(6 * 60):
        await pair.clock.advance(timedelta(minutes=1))
        await pair.ours.ticking.beat()
        await pair.ours.work()
    assert calls.by_kind["invite"] <= 6 + 7
    event = await pair.ours.tell(pair.ours.ben, "!links")
    await pair.ours.settle()
    assert len(pair.ours.answers(event)) == 1
    assert not pair.ours.rooms.resting
    pair.dale.start_homeserver()
    await pair.named(pair.dale)
    await pair.settle()
    await pair.settle()
    assert tools.link_of(pair.ours).theirs is not None, "what comes from there opens the way at once"
    assert tools.link_of(pair.ours).here
