"""What an operator types. Each command is thin: read the settings, ask `crewhall.app`, print, exit.

Exit status: 0 done; 1 something is wrong and one sentence says what; 2 `plan` found something to do,
or the command line itself is wrong.
"""

import sys

import click

from crewhall import __version__
from crewhall.cli.halls import apply, found, plan
from crewhall.cli.living import demo, serve
from crewhall.cli.looking import doctor
from crewhall.cli.moving import backup, export, import_, recover, restore, retire
from crewhall.cli.papers import check, generate
from crewhall.errors import Trouble


@click.group()
@click.version_option(__version__, prog_name="crewhall")
def crewhall() -> None:
    """Rooms for communities of small crews, beside your Matrix homeserver."""


for command in (
    demo,
    serve,
    generate,
    check,
    doctor,
    found,
    plan,
    apply,
    backup,
    restore,
    recover,
    export,
    import_,
    retire,
):
    crewhall.add_command(command)


def main() -> None:
    """Run the command line; trouble that was foreseen is one sentence, never a traceback."""
    try:
        crewhall()
    except Trouble as trouble:
        click.echo(f"crewhall: {trouble}", err=True)
        sys.exit(1)
