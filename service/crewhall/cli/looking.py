"""`crewhall doctor`: everything at once, and what to do."""

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crewhall.cli.options import config_option
from crewhall.doctor.examination import examine
from crewhall.doctor.finding import Finding, worst
from crewhall.log import configure
from crewhall.settings import LogSettings

_STATUS = {"fine": 0, "wrong": 1, "warning": 2}
_ORDER = ("wrong", "warning", "fine")
_COLOUR = {"fine": "green", "wrong": "red", "warning": "yellow"}


@click.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def doctor(config: Path, *, as_json: bool) -> None:
    """Look at everything and say what to do. Exit status 0 if all is fine, 2 for warnings, 1 if not."""
    configure(LogSettings(level="error"))
    findings = asyncio.run(examine(config))
    status = worst(findings)
    if as_json:
        told = {"status": status, "findings": [asdict(finding) for finding in findings]}
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
    else:
        Console(highlight=False).print(_table(findings))
    sys.exit(_STATUS[status])


def _table(findings: tuple[Finding, ...]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("", "About", "What was found", "What to do"):
        table.add_column(name, overflow="fold")
    for one in sorted(findings, key=lambda one: _ORDER.index(one.level)):
        table.add_row(Text(one.level, _COLOUR[one.level]), Text(one.about), Text(one.what), Text(one.remedy))
    count = {level: sum(one.level == level for one in findings) for level in _STATUS}
    table.caption = f"Wrong: {count['wrong']}. Warnings: {count['warning']}. Fine: {count['fine']}."
    table.caption_justify = "left"
    return table
