"""`crewhall serve` and `demo`: the service itself, and a community that lives a short story with it."""

import asyncio
import sys
from pathlib import Path

import click

from crewhall import app
from crewhall.adapters.alone import alone
from crewhall.cli.opening import opened
from crewhall.cli.options import config_option
from crewhall.watching.metrics import Watch


@click.command()
@config_option
def serve(config: Path) -> None:
    """Run beside the homeserver until it is told to stop."""
    asyncio.run(_serve(config))


async def _serve(config: Path) -> None:
    watch = Watch()
    async with opened(config, watch.called, met=False) as built:
        with alone(built.settings.ledger):
            await app.serve(built, watch)


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
