"""The reference of the command line: each command with its options, and what each exit status means."""

from collections.abc import Iterator

import click

from crewhall.cli import crewhall
from crewhall.cli.statuses import STATUSES

SHARED = "config"
"""The option that every command has which reads the service's papers."""


def commands() -> Iterator[str]:
    """Yield the lines of the page."""
    yield "## Commands"
    yield ""
    yield from _shared()
    for name, command in crewhall.commands.items():
        yield from _command(name, command)
    yield "## Exit statuses"
    yield ""
    yield "| status | what it means |"
    yield "| --- | --- |"
    for status in STATUSES:
        yield f"| {status.number} | {status.means} |"
    yield ""


def _shared() -> Iterator[str]:
    own = [name for name, command in crewhall.commands.items() if not _find(command, SHARED)]
    command = next(one for name, one in crewhall.commands.items() if name not in own)
    yield "| option | of every command" + "".join(f" but `{name}`" for name in own) + " |"
    yield "| --- | --- |"
    yield from (_option(command, option) for option in _find(command, SHARED))
    yield ""


def _command(name: str, command: click.Command) -> Iterator[str]:
    arguments = (param for param in command.params if isinstance(param, click.Argument))
    words = [argument.make_metavar(click.Context(command)) for argument in arguments]
    yield f"### `{' '.join(('crewhall', name, *words))}`"
    yield ""
    yield from (" ".join(part.split()) + "\n" for part in (command.help or "").split("\n\n"))
    options = [one for one in command.params if isinstance(one, click.Option) and one.name != SHARED]
    if options:
        yield "| option | what it does |"
        yield "| --- | --- |"
        yield from (_option(command, option) for option in options)
        yield ""


def _find(command: click.Command, name: str) -> list[click.Option]:
    return [one for one in command.params if isinstance(one, click.Option) and one.name == name]


def _option(command: click.Command, option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in option.opts)
    takes = "" if option.is_flag else f" {_takes(command, option)}"
    without = f" If left out: `{option.default}`." if option.show_default else ""
    return f"| {names}{takes} | {option.help}{without} |"


def _takes(command: click.Command, option: click.Option) -> str:
    match option.type:
        case click.IntRange(min=least, max=most):
            return f"{least} to {most}"
        case _:
            return f"`{option.make_metavar(click.Context(command))}`"
