"""`crewhall upgrade`: a community's rooms move to a newer room version, with all that people have in them."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crewhall.cli.opening import opened
from crewhall.cli.options import config_option
from crewhall.ground.ids import CommunityKey
from crewhall.upgrading import VERSIONS, Receipt, Upgrade
from crewhall.upgrading import plan as plan_upgrade
from crewhall.upgrading import upgrade as upgrade_now

_WHY = {
    "letterbox": "a sister knows our letterbox by this room; end the link and link anew to have a newer one",
    "people's": "it is its people's own: whoever made it can upgrade it in Element, and it is followed",
    "ended": "its crew has ended; it is left as it is",
    "unseen": "the keeper is not in it",
}


@click.command()
@config_option
@click.option("--to", metavar="VERSION", help=f"The room version; {VERSIONS[-1]} if none is said.")
@click.option("--yes", metavar="FINGERPRINT", help="Do what was shown.")
@click.argument("community")
def upgrade(config: Path, to: str | None, yes: str | None, community: str) -> None:
    """Move the rooms of COMMUNITY to a newer room version. The plan is shown first.

    Exit status 0 if all is done or nothing is to do, 2 if only the plan is shown, 1 if something is not done.
    """
    shown, receipt = asyncio.run(_upgrade(config, CommunityKey(community), to, yes))
    console = Console(highlight=False)
    if receipt is None:
        console.print(_table(shown))
        for line in (*_stays(shown), *_what_next(shown, to)):
            console.print(line, markup=False, soft_wrap=True)
        sys.exit(2 if shown.rows else 1 if shown.blocked else 0)
    for line in _told(shown, receipt):
        console.print(line, markup=False, soft_wrap=True)
    sys.exit(1 if receipt.missing else 0)


async def _upgrade(
    config: Path, community: CommunityKey, to: str | None, yes: str | None
) -> tuple[Upgrade, Receipt | None]:
    async with opened(config) as built:
        if yes is None:
            return await plan_upgrade(built, community, to), None
        return await upgrade_now(built, community, to, yes)


def _table(shown: Upgrade) -> Table | Text:
    if not shown.rows and not shown.blocked:
        return Text(f"No room of {shown.name} is older than version {shown.to}: nothing to do.")
    table = Table(box=None, pad_edge=False)
    for name in ("Room", "Version", "Asked in again", "Listed in", "Opens", "Address that moves"):
        table.add_column(name, overflow="fold")
    for row in shown.rows:
        version = f"{row.version} → {shown.to}" + (" (begun)" if row.begun else "")
        counts = (row.people, row.listed, row.opens)
        table.add_row(
            Text(f"{row.name} ({row.key})"), version, *map(str, counts), Text(row.alias.partition(":")[0])
        )
    for no in shown.blocked:
        table.add_row(Text(no.key), Text("cannot"), "", "", "", Text(f"{no.what} - {no.remedy}"))
    return table


def _stays(shown: Upgrade) -> Iterator[str]:
    for stay in shown.stays:
        yield f"{stay.name} ({stay.key}) stays: {_WHY[stay.why]}."
    chats = "Private chats stay as they are: nobody is asked into a new one."
    yield from (chats,) if shown.rows else ()


def _what_next(shown: Upgrade, to: str | None) -> Iterator[str]:
    if not shown.rows:
        return
    if shown.charter != shown.to:
        yield (
            f"The charter will say room_version {shown.to} instead of {shown.charter}; "
            "write it into the charter's file too."
        )
    yield (
        "The old rooms stay to be read. This cannot be undone. To do it: "
        f"crewhall upgrade {shown.community}{f' --to {to}' if to else ''} --yes {shown.fingerprint}"
    )


def _told(shown: Upgrade, receipt: Receipt) -> Iterator[str]:
    if shown.rows:
        yield (
            f"{receipt.rooms} rooms of {shown.name} moved to version {shown.to}: "
            f"{receipt.invited} invitations, {receipt.links} places in spaces, "
            f"{receipt.doors} doors, {receipt.addresses} addresses."
        )
    elif not receipt.missing:
        yield f"No room of {shown.name} is older than version {shown.to}: nothing to do."
    for key, why in receipt.missing:
        yield f"Not done: {key}: {why}."
    if not receipt.missing and shown.rows:
        yield "Looked at again: nothing is missing."
    elif receipt.missing:
        yield f"What is left is done by the same command: crewhall upgrade {shown.community}"
    yield from _stays(shown) if shown.rows else ()
