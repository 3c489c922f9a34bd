"""`crewhall serve` and `demo`: the service itself, and a community that lives a short story with it."""

import asyncio
import signal
import sys
from pathlib import Path

import click
import structlog

from crewhall.adapters.alone import alone
from crewhall.app import Service
from crewhall.cli.opening import opened
from crewhall.cli.options import config_option
from crewhall.errors import Misconfigured
from crewhall.watching.metrics import Watch
from crewhall.works import Works

_log = structlog.stdlib.get_logger(__name__)


@click.command()
@config_option
def serve(config: Path) -> None:
    """Run beside the homeserver until it is told to stop."""
    asyncio.run(_serve(config))


async def _serve(config: Path) -> None:
    watch = Watch()
    async with opened(config, watch.called, met=False) as built:
        with alone(built.settings.ledger):
            await run_until_told(built, watch)


async def run_until_told(works: Works, watch: Watch) -> None:
    """Run until SIGINT or SIGTERM. Raises `Misconfigured` if the homeserver will never have us."""
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, done.set)
    try:
        async with Service(works, watch).running() as port:
            _log.info("service.listening", port=port)
            await done.wait()
            _log.info("service.stopping")
    except BaseExceptionGroup as group:
        wrong, rest = group.split(Misconfigured)
        if wrong is None or rest is not None:
            raise
        raise wrong.exceptions[0] from None


@click.command()
@click.option("--once", is_flag=True, help="End after the story; status 0 only if all of it happened.")
@click.option("--data", type=click.Path(path_type=Path), help="Keep everything here.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the homeserver; a free one otherwise.")
@click.option("--people", type=click.IntRange(0, 1000), default=0, help="People in the whole community.")
@click.option("--crews", type=click.IntRange(0, 200), default=0, help="Crews in the whole community.")
@click.option("--charter", default="congregation", show_default=True, help="Which shipped charter to found.")
@click.option("--sisters", type=click.IntRange(2, 3), help="The story of so many linked communities.")
def demo(
    *,
    once: bool,
    data: Path | None,
    port: int | None,
    people: int,
    crews: int,
    charter: str,
    sisters: int | None,
) -> None:
    """Start a homeserver and a community on this machine, and show its people living a short story."""
    from crewhall.demo.run import Options, run_demo  # noqa: PLC0415 - it needs the demo extra

    options = Options(once, data, people, crews, port, charter, sisters or 0)
    sys.exit(asyncio.run(run_demo(options)))
