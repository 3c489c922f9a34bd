"""Runs the demo: one call from nothing to a community and its crews, and back to nothing."""

import asyncio
import importlib.util
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from crewhall.errors import Misconfigured, Missing, Trouble
from crewhall_config import charters

OK, FAILED, INTERRUPTED = 0, 1, 130
NEEDED = {"nio": "matrix-nio", "vodozemac": "matrix-nio[e2e]", "synapse": "matrix-synapse"}


@dataclass(frozen=True, slots=True)
class Options:
    """What can be asked of the demo.

    once      end after the story
    data      keep everything in this directory, and find it again
    people    people in the whole community; at least those of the story
    crews     crews in the whole community; at least those of the story
    port      port of the homeserver, a free one if None
    charter   which shipped charter to found
    sisters   how many communities, each on a homeserver of its own; 0 for the story of one
    """

    once: bool = False
    data: Path | None = None
    people: int = 0
    crews: int = 0
    port: int | None = None
    charter: str = "congregation"
    sisters: int = 0


async def run_demo(options: Options) -> int:
    """Run the demo; return its exit status.

    0: all of the story happened. 1: something did not, said in one sentence on standard error. 130: it was
    interrupted before its end. Raises `Misconfigured` if it cannot begin as it was asked to. Whatever was
    started has ended then.
    """
    _look_for_packages()
    # Only now: these modules need the packages.
    from crewhall.demo import life, sisters  # noqa: PLC0415

    if options.charter not in charters():
        raise Missing(
            f"There is no shipped charter named {options.charter}: there are {', '.join(charters())}."
        )
    if options.sisters and options.data is not None:
        raise Misconfigured("The story of sisters is not kept: leave --data out.")
    try:
        task = asyncio.create_task(sisters.live(options) if options.sisters else life.live(options))
        _cancel_on_signals(task)
        await task
    except Misconfigured:
        raise
    except Trouble as trouble:
        print(f"crewhall: {trouble}", file=sys.stderr, flush=True)  # noqa: T201 - the demo's one sentence
        return FAILED
    except asyncio.CancelledError:
        return INTERRUPTED
    return OK


def _look_for_packages() -> None:
    """Raise `Misconfigured` if what only the demo needs is not installed."""
    missing = [package for module, package in NEEDED.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise Misconfigured(f"The demo needs {', '.join(missing)}: pip install 'crewhall[demo]' brings it.")


def _cancel_on_signals(task: asyncio.Task[None]) -> None:
    """Let the first Ctrl-C or SIGTERM end the demo; further ones do not disturb the cleaning up."""
    loop = asyncio.get_running_loop()
    asked = False

    def ask() -> None:
        nonlocal asked
        if not asked:
            asked = True
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ask)
