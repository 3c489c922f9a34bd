"""`crewhall backup` and `restore`: one file that holds all, and back from it. `recover`: back without one."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console

from crewhall.adapters.alone import alone
from crewhall.adapters.clock import SystemClock
from crewhall.adapters.copying import see_ledger
from crewhall.adapters.whole_files import write_new
from crewhall.checking import read_charters
from crewhall.cli.opening import opened
from crewhall.cli.options import config_option
from crewhall.cli.table import report_table
from crewhall.errors import InTheWay
from crewhall.exporting import Export
from crewhall.exporting import export as exported
from crewhall.exporting.bringing import bring_in, read_export
from crewhall.flows.report import Report
from crewhall.ground.ids import CommunityKey
from crewhall.keepsake import bring_back, keep
from crewhall.recovering import LOST, Recovered
from crewhall.recovering import recover as recover_from
from crewhall.retiring import Retiring
from crewhall.retiring import plan as plan_retiring
from crewhall.retiring import retire as retire_now
from crewhall.settings import load

key_option = click.option(
    "--key",
    type=click.Path(path_type=Path),
    help="A file with an age key (age-keygen): the backup is encrypted with it.",
)


@click.command()
@config_option
@key_option
@click.argument("file", type=click.Path(path_type=Path))
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
@click.argument("file", type=click.Path(path_type=Path))
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
    for key, people in told.found.from_afar:
        names = ", ".join(people)
        click.echo(f"In {key} are people of other homeservers: {names}. Show out who was a guest.")
    for room in told.found.empty:
        click.echo(f"Nobody is in {room}: it was left out.")
    click.echo("Now see what differs: crewhall plan")


async def _recover(config: Path) -> Recovered:
    settings = load(config)
    papers = {charter.key: charter for charter in read_charters(settings.charters)[0].values()}
    async with opened(config) as built:
        with alone(built.settings.ledger):
            return await recover_from(built, papers)


@click.command()
@config_option
@click.option("--yes", metavar="FINGERPRINT", help="Do what was shown.")
@click.argument("community")
def retire(config: Path, yes: str | None, community: str) -> None:
    """Hand the rooms of COMMUNITY to its people and leave them. The plan is shown first.

    Exit status 2 if only the plan is shown, 1 if something was refused.
    """
    planned, refused = asyncio.run(_retire(config, yes, CommunityKey(community)))
    if yes is None:
        for line in _lines(planned):
            click.echo(line)
        click.echo(
            "This cannot be undone. Stop the service, then: "
            f"crewhall retire {community} --yes {planned.fingerprint}"
        )
        sys.exit(2)
    click.echo(f"{len(planned.handings) - len(refused)} rooms go on without the service.")
    for line in refused:
        click.echo(f"Not done: {line}.", err=True)
    sys.exit(1 if refused else 0)


def _lines(planned: Retiring) -> Iterator[str]:
    for one in planned.handings:
        if one.chat is not None:
            yield f"Private chat with {one.chat}: a word of thanks; the keeper leaves."
        elif not one.seen:
            yield f"{one.key}: the keeper is not in it any more; it is forgotten."
        elif one.empty:
            yield f"{one.name} ({one.key}): nobody is in it, so it ends. To keep it, enter it first."
        else:
            yield f"{one.name} ({one.key}): belongs to {', '.join(one.owners)}; the keeper leaves."


async def _retire(config: Path, yes: str | None, community: CommunityKey) -> tuple[Retiring, tuple[str, ...]]:
    async with opened(config) as built:
        if yes is None:
            return await plan_retiring(built, community), ()
        with alone(built.settings.ledger):
            return await retire_now(built, community, yes)


@click.command()
@config_option
@click.argument("community")
@click.argument("file", type=click.Path(path_type=Path))
def export(config: Path, community: str, file: Path) -> None:
    """Write all that is known of COMMUNITY into FILE, as JSON that other programs can read."""
    if file.exists():
        raise InTheWay(f"{file} is there already: it is not overwritten. Choose another name.")
    told = asyncio.run(_export(config, CommunityKey(community)))
    write_new(file, told.model_dump_json(indent=1).encode())
    click.echo(f"{file} holds {told.charter.name}: {len(told.people)} people, {len(told.crews)} crews.")
    click.echo("It names people and what was decided about them: keep it where only you can read.", err=True)


async def _export(config: Path, community: CommunityKey) -> Export:
    see_ledger(load(config).ledger)
    async with opened(config, met=False) as built:
        records = await built.ledger.since(0)
        return exported(built.keeping.house, records, community, built.clock.now())


@click.command("import")
@config_option
@click.argument("file", type=click.Path(path_type=Path))
def import_(config: Path, file: Path) -> None:
    """Begin the community of an exported FILE anew here: its charter, its keyholders, its crews as offers."""
    told = read_export(file)
    report = asyncio.run(_import(config, told))
    Console(highlight=False).print(report_table(report))
    click.echo("Its keyholders are asked in chat whether its table of standing holds: see deploy/EXPORT.md.")
    sys.exit(0 if report.whole else 1)


async def _import(config: Path, told: Export) -> Report:
    async with opened(config) as built:
        return await bring_in(built, told)
