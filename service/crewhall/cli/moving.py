"""`crewhall backup` and `restore`: one file that holds all, and back from it. `recover`: back without one."""

import asyncio
from pathlib import Path

import click

from crewhall.adapters.clock import SystemClock
from crewhall.checking import read_charters
from crewhall.cli.opening import opened
from crewhall.cli.options import config_option
from crewhall.keepsake import bring_back, keep
from crewhall.recovering import LOST, Recovered
from crewhall.recovering import recover as recover_from
from crewhall.settings import load

key_option = click.option(
    "--key",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file with an age key (age-keygen): the backup is encrypted with it.",
)


@click.command()
@config_option
@key_option
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(config: Path, key: Path | None, file: Path) -> None:
    """Write all that cannot be made again into FILE, while the service runs or not."""
    kept = keep(load(config), file, SystemClock().now(), key)
    click.echo(f"{file} holds {', '.join(kept.files)}.")
    if not kept.encrypted:
        click.echo(
            "It is not encrypted and holds tokens and names: keep it where only you can read.", err=True
        )


@click.command()
@config_option
@key_option
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def restore(config: Path, key: Path | None, file: Path) -> None:
    """Bring FILE back into an empty place, as CONFIG says where."""
    kept = bring_back(load(config), file, key)
    click.echo(f"Written: {', '.join(kept.files)}, as of {kept.at}. Now see what differs: crewhall plan")


@click.command()
@config_option
def recover(config: Path) -> None:
    """Write a lost ledger anew from what the homeserver shows; only if there is neither ledger nor backup."""
    ledger = load(config).ledger
    was_there = ledger.exists()
    try:
        told = asyncio.run(_recover(config))
    except BaseException:
        if not was_there:  # an empty one would be in the way of a restore
            for ending in ("", "-wal", "-shm"):
                ledger.with_name(ledger.name + ending).unlink(missing_ok=True)
        raise
    names = ", ".join(told.communities) or "no community"
    click.echo(f"Recovered: {names}; {told.rooms} rooms, {told.crews} crews.")
    click.echo("Not recovered:")
    for line in LOST:
        click.echo(f"- {line}")
    for key in told.found.keyless:
        click.echo(f"Nobody in {key} holds its keys: name founders in its charter and see `crewhall found`.")
    for room in told.found.empty:
        click.echo(f"Nobody is in {room}: it was left out.")
    click.echo("Now see what differs: crewhall plan")


async def _recover(config: Path) -> Recovered:
    settings = load(config)
    papers = {charter.key: charter for charter in read_charters(settings.charters)[0].values()}
    async with opened(config) as built:
        return await recover_from(built, papers)
