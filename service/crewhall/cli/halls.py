"""`crewhall found`, `plan` and `apply`: communities from the command line."""

import asyncio
import sys
from pathlib import Path

import click
from rich.console import Console

from crewhall.charter.model import Charter
from crewhall.checking import read_charter_at
from crewhall.cli.opening import opened
from crewhall.cli.options import config_option
from crewhall.cli.table import plan_table, report_table
from crewhall.errors import NotYet
from crewhall.flows.report import Report
from crewhall.ground.steps import Plan

console = Console(highlight=False)


@click.command()
@config_option
@click.argument("charter", type=click.Path(path_type=Path))
def found(config: Path, charter: Path) -> None:
    """Found the community of a CHARTER file, go on founding it, or bring it to its changed charter."""
    report = asyncio.run(_found(config, read_charter_at(charter)))
    console.print(report_table(report))
    sys.exit(0 if report.whole else 1)


@click.command()
@config_option
def plan(config: Path) -> None:
    """Show what would change. Exit status 2 if something would, 0 if nothing, 1 if a person is needed."""
    planned, reasons = asyncio.run(_plan(config))
    console.print(plan_table(planned, reasons))
    sys.exit(2 if planned.steps else 1 if planned.blocked else 0)


@click.command()
@config_option
@click.option("--yes", metavar="FINGERPRINT", help="Carry out a plan that waits for a yes.")
def apply(config: Path, yes: str | None) -> None:
    """Carry out what `plan` shows. A risky plan wants its fingerprint with --yes."""
    planned, reasons, report = asyncio.run(_apply(config, yes))
    if report.waiting and not report.done:
        console.print(plan_table(planned, reasons))
        raise NotYet(
            f"This plan waits for a yes: {'; '.join(reasons)}. Look at it, then: "
            f"crewhall apply --yes {planned.fingerprint}"
        )
    console.print(report_table(report))
    sys.exit(0 if report.whole else 1)


async def _found(config: Path, paper: Charter) -> Report:
    async with opened(config) as built:
        return await built.found(paper)


async def _plan(config: Path) -> tuple[Plan, tuple[str, ...]]:
    async with opened(config) as built:
        return await built.plan()


async def _apply(config: Path, yes: str | None) -> tuple[Plan, tuple[str, ...], Report]:
    async with opened(config) as built:
        return await built.apply(yes)
