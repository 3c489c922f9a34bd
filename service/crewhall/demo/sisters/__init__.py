"""The story of sisters: communities on homeservers of their own link, visit, crew up, and part again.

Each has its own service, ledger and charter; they are joined by nothing but federation. One homeserver dies
on the way, and life on the others does not notice.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias, TypeVar

from crewhall.demo.run import Options
from crewhall.demo.scene import NotKept
from crewhall.demo.show import Show
from crewhall.demo.sisters import crew, links, outage, visits
from crewhall.demo.sisters.stage import Side, Stage, stand
from crewhall.errors import Misconfigured, Trouble
from crewhall.house import CAPABILITIES
from crewhall.lab.seedbed import laid

T = TypeVar("T")
Act: TypeAlias = Callable[[Stage], Awaitable[str | list[str]]]
PATIENCE: Final = 180.0
"""Seconds for one scene: some have to wait for several servers."""


async def live(options: Options) -> None:
    """Live the story; raise `Trouble` if any of it does not happen."""
    if all(capability.name != "sister" for capability in CAPABILITIES):
        raise Misconfigured("The bridge to sisters is not installed: pip install it, then run this again.")
    show = Show()
    async with AsyncExitStack() as stack:
        stack.enter_context(laid())
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="crewhall-")))
        promise = f"{options.sisters} homeservers stand, each with a community of its own"
        with show.scene(promise) as said:
            stage = await _kept(promise, partial(stand, stack, folder, options.sisters))
            sides = (stage.here, *stage.sisters)
            said.append(", ".join(f"{side.name} on {side.town.synapse.name}" for side in sides))
        for promise, act in story(stage):
            with show.scene(promise) as said:
                told = await _kept(promise, partial(act, stage))
                said.extend([told] if isinstance(told, str) else told)
        if not options.once:
            for side in sides:
                show.say(f"{side.name}: {side.town.synapse.address}, {_logins(side)}")
            show.say("All of this runs until Ctrl-C.")
            await asyncio.Event().wait()


def story(stage: Stage) -> tuple[tuple[str, Act], ...]:
    """Return the scenes, each a promise and how it is lived."""
    here, there = stage.here.name, stage.there.name
    pip = stage.here.member.person.shown
    sisters = " and ".join(side.name for side in stage.sisters)
    others = " and ".join(side.name for side in stage.others)
    return (
        (f"{here} links with {sisters}: each decides by its own rule", links.link),
        (f"{pip} of {here} is introduced to {there}, and reads first what is stated", visits.introduce),
        (f"{pip} visits {there}: one invitation, and its rooms open", visits.visit),
        (f"A crew of {here} offers seats to {sisters}", crew.call),
        (f"The crew meets across {len(stage.sisters) + 1} servers", crew.meet),
        (f"{there} dies, and nobody waits for it", outage.die),
        (f"{there} comes back and learns what it missed", outage.come_back),
        (f"{there} closes a flow, alone and at once", links.close),
        (f"{pip}'s visit ends with thanks", visits.go_home),
        (f"{here} ends the link with {there}, and nobody loses a seat", links.part),
        (f"{there} is away once more: without any treaty, the crew goes on", outage.away_again),
        *(((f"The link with {others} goes on", links.goes_on),) if others else ()),
    )


async def _kept(promise: str, act: Callable[[], Awaitable[T]]) -> T:
    try:
        async with asyncio.timeout(PATIENCE):
            return await act()
    except TimeoutError:
        raise NotKept(f"“{promise}” did not happen within {PATIENCE:.0f} seconds.") from None
    except (Trouble, AssertionError) as trouble:
        raise NotKept(f"“{promise}” did not happen: {trouble}") from trouble


def _logins(side: Side) -> str:
    people = (side.host.person.shown, side.member.person.shown)
    names = " or ".join(one.lower() for one in people)
    return f"as {names}, each with the password: the password of NAME"
