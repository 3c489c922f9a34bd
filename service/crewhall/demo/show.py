"""What the demo prints: progress while it works, what each person saw, and how to log in."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from crewhall.demo.stage import Stage
from crewhall.lab.people import Person
from crewhall.lab.sight import Seen

LONGEST = 150
MEMBERSHIPS = {"join": "is here", "leave": "has left", "knock": "asks to come in"}


class Show:
    """Prints to a terminal, or plainly into a file."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        self.trouble = Console(stderr=True, highlight=False)

    @contextmanager
    def scene(self, promise: str) -> Iterator[list[str]]:
        """Show that a scene is on, then that it happened; what is put in the list is said of it."""
        said: list[str] = []
        with self.console.status(escape(promise)):
            yield said
        self.console.print(f"[green]✓[/] {escape(promise)}")
        for line in filter(None, said):
            self.console.print(f"  [dim]{escape(_short(line))}[/]")

    @contextmanager
    def counting(self, what: str, total: int) -> Iterator["Count"]:
        """Show a bar that grows."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console) as progress:
            yield Count(progress, what, total)

    def sights(self, stage: Stage) -> None:
        """Print what each person's own client showed."""
        for person in stage.people.values():
            lines = list(transcript(stage, person))
            self.console.print(Panel(Text("\n".join(lines)), title=f"What {person.shown} saw", expand=False))

    def doors(self, stage: Stage, *, kept: bool) -> None:
        """Print how to log in."""
        table = Table("who", "user name", "password", title=f"Log in with Element at {stage.synapse.address}")
        for name, person in stage.people.items():
            table.add_row(person.shown, name, stage.passwords[name])
        self.console.print(table)
        self.console.print(
            "In Element Web or Desktop: Sign in, Edit the homeserver, "
            f"{stage.synapse.address}, then a name and password from above. The keeper is {stage.keeper}.",
            soft_wrap=True,
        )
        others = len(stage.passwords) - len(stage.people)
        if others and kept:
            self.console.print(f"{others} more people are in {stage.home.path / 'people.json'}.")
        if kept:
            self.console.print(f"Everything is kept in {stage.home.path}.", soft_wrap=True)

    def say(self, text: str) -> None:
        """Print a line."""
        self.console.print(escape(text), soft_wrap=True)

    def complain(self, text: str) -> None:
        """Print the one sentence that says what went wrong."""
        self.trouble.print(f"[red]✗[/] {escape(text)}", soft_wrap=True)


class Count:
    """A bar."""

    def __init__(self, progress: Progress, what: str, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task(what, total=total)

    def step(self) -> None:
        """Count one."""
        self._progress.advance(self._task)


def transcript(stage: Stage, person: Person) -> Iterator[str]:
    """Return what a person saw, a line each, in order; settings of rooms are left out."""
    names = {other.id: other.shown for other in stage.people.values()} | {stage.keeper: "Keeper"}
    lines: dict[str, str] = {}
    for seen in person.sight.events[stage.marks[person.name] :]:
        told = _line(seen, names, person)
        if told:
            room = person.sight.names.get(seen.room) or "private chat"
            lines.setdefault(seen.id, f"{room:>20} │ {told}")
    yield from lines.values()


def _line(seen: Seen, names: dict[str, str], person: Person) -> str:
    who = names.get(seen.sender, seen.sender)
    if seen.text:
        lock = "🔒 " if seen.secret else ""
        edited = " (edited)" if seen.edits else ""
        return f"{lock}{who}: {_short(seen.text)}{edited}"
    if seen.reaction:
        return f"{who} reacts {seen.reaction}"
    if seen.kind == "m.room.member" and seen.key is not None:
        whom = "You" if seen.key == person.id else names.get(seen.key, seen.key)
        membership = str(seen.content.get("membership"))
        if membership == "invite":
            return f"{who} invites {whom}"
        if membership == "leave" and seen.sender != seen.key:
            return f"{who} removes {whom}"
        told = MEMBERSHIPS.get(membership, membership)
        return f"{whom} {told}" if whom != "You" else ("You are here" if membership == "join" else "You left")
    return ""


def _short(text: str) -> str:
    line = " ⏎ ".join(part.strip() for part in text.splitlines() if part.strip())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
