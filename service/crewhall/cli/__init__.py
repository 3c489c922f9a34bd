"""What an operator types. Each command is thin: read the settings, ask `crewhall.app`, print, exit.

Exit status: `crewhall.cli.statuses`. Whatever was foreseen is one sentence on standard error.
"""

from collections.abc import Sequence
from pathlib import Path

import click

from crewhall import __version__
from crewhall.cli.halls import apply, found, plan
from crewhall.cli.living import demo, serve
from crewhall.cli.looking import doctor
from crewhall.cli.moving import backup, export, import_, recover, restore, retire
from crewhall.cli.papers import check, generate
from crewhall.cli.statuses import BUG, INTERRUPTED, USAGE, status_of
from crewhall.cli.upgrading import upgrade
from crewhall.errors import Trouble, unwritten
from crewhall.log import told_of


@click.group(context_settings={"max_content_width": 120})
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
    upgrade,
):
    crewhall.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Trouble that was foreseen is one sentence, never a traceback; a bug is told without what people said.
    """
    try:
        done = crewhall.main(arguments, prog_name="crewhall", standalone_mode=False)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except click.exceptions.NoArgsIsHelpError as help_:
        return _say(help_.format_message(), USAGE)
    except click.ClickException as wrong:
        return _say(f"crewhall: {_in_one_line(wrong)}", USAGE)
    except (click.Abort, KeyboardInterrupt):
        return _say("crewhall: interrupted.", INTERRUPTED)
    except Trouble as trouble:
        return _say(f"crewhall: {trouble}", status_of(trouble))
    except Exception as bug:  # noqa: BLE001 - told as one, without what it quotes
        if isinstance(bug, OSError) and bug.filename:
            told = unwritten(Path(bug.filename), bug)
            return _say(f"crewhall: {told}", status_of(told))
        return _say(f"crewhall: this is a bug of ours.\n{told_of(bug)}".rstrip(), BUG)
    return done if isinstance(done, int) else 0


def _say(words: str, status: int) -> int:
    click.echo(words, err=True)
    return status


def _in_one_line(wrong: click.ClickException) -> str:
    told = " ".join(wrong.format_message().split())
    if isinstance(wrong, click.UsageError) and wrong.ctx is not None:
        return f"{told} See: {wrong.ctx.command_path} --help"
    return told
