"""`crewhall backup` and `restore`: one file that holds all, and back from it."""

from pathlib import Path

import click

from crewhall.adapters.clock import SystemClock
from crewhall.cli.options import config_option
from crewhall.keepsake import bring_back, keep
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
