"""What the demo prints: progress while it works, what each person saw, and how to log in."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from textwrap import wrap

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from crewhall.demo.stage import Stage
from crewhall.lab.people import Person
from crewhall.lab.sight import Seen

LONGEST = 200
INDENT = "  "
INVITED = " invites you"
LINK = re.compile(r" \(https://matrix\.to/[^)\s]*\)")


class Show:
    """Prints to a terminal, or plainly into a file."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)

    @contextmanager
    def scene(self, promise: str) -> Iterator[list[str]]:
        """Show that a scene is on, then that it happened; what is put in the list is said of it."""
        said: list[str] = []
        with self.console.status(escape(promise)):
            yield said
        self.console.print(f"[green]✓[/] {escape(promise)}")
        for line in filter(None, said):
            for part in wrap(_short(_plain(line, {})), self.console.width - len(INDENT)):
                self.console.print(f"{INDENT}[dim]{escape(part)}[/]", soft_wrap=True)

    @contextmanager
    def counting(self, what: str, total: int) -> Iterator["Count"]:
        """Show a bar that grows."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console) as progress:
            yield Count(progress, what, total)

    def sights(self, stage: Stage) -> None:
        """Print what each person's own client showed."""
        for person in stage.people.values():
            grid = Table.grid(padding=(0, 2))
            grid.add_column(style="cyan", justify="right", no_wrap=True)
            grid.add_column()
            for line in transcript(stage, person) or [Line("", "nothing new")]:
                grid.add_row(escape(line.room), escape(line.text))
            self.console.print(Panel(grid, title=f"What {person.shown} saw", expand=False))

    def doors(self, stage: Stage, *, kept: bool) -> None:
        """Print how to log in."""
        table = Table("who", "user name", "password", title="Log in with Element")
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


class Count:
    """A bar."""

    def __init__(self, progress: Progress, what: str, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task(what, total=total)

    def step(self) -> None:
        """Count one."""
        self._progress.advance(self._task)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a transcript: where, and what; `arrivals` are those who came in, if it is about that."""

    room: str
    told: str = ""
    arrivals: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is printed."""
        if not self.arrivals:
            return self.told
        names = sorted(self.arrivals, key="You".__ne__)  # who reads comes first, as in speech
        if len(names) == 1:
            return f"{names[0]} {'are' if names[0] == 'You' else 'is'} here"
        return f"{', '.join(names[:-1])} and {names[-1]} are here"


def transcript(stage: Stage, person: Person) -> list[Line]:
    """Return what a person saw, in order; settings of rooms and invitations of others are left out."""
    names = {other.id: other.shown for other in stage.people.values()} | {stage.keeper: "Keeper"}
    names[person.id] = "You"
    lines: list[Line] = []
    known: set[str] = set()
    for seen in person.sight.events[stage.marks[person.name] :]:
        line = None if seen.id in known else _line(seen, names, _room(person, seen.room))
        known.add(seen.id)
        if line is None or (line.told.endswith(INVITED) and line in lines):
            continue
        if lines and line.arrivals and lines[-1].arrivals and lines[-1].room == line.room:
            lines[-1] = replace(line, arrivals=(*lines[-1].arrivals, *line.arrivals))
        else:
            lines.append(line)
    return lines


def _room(person: Person, room: str) -> str:
    own = "encrypted chat" if person.encrypted(room) else "private chat"
    return person.sight.names.get(room) or own


def _line(seen: Seen, names: Mapping[str, str], room: str) -> Line | None:
    who = names.get(seen.sender, seen.sender)
    if seen.text:
        return Line(room, f"{'🔒 ' if seen.secret else ''}{who}: {_short(_plain(seen.text, names))}")
    if seen.reaction:
        return Line(room, f"{who} react{'' if who == 'You' else 's'} {seen.reaction}")
    if seen.kind != "m.room.member" or seen.key is None:
        return None
    whom = names.get(seen.key, seen.key)
    match seen.content.get("membership"):
        case "join":
            return Line(room, arrivals=(whom,))
        case "invite" if whom == "You":
            return Line(room, f"{who}{INVITED}")
        case "leave" if who == whom:
            return Line(room, "You leave" if who == "You" else f"{who} leaves")
        case "leave":
            return Line(room, f"{who} removes {whom}")
        case "knock":
            return Line(room, f"{whom} asks to come in")
        case _:
            return None


def _plain(text: str, names: Mapping[str, str]) -> str:
    """Return words as Element shows them: links by their names alone, people by theirs."""
    text = LINK.sub("", text)
    for person, name in names.items():
        text = text.replace(person, "you" if name == "You" else name)
    return text


def _short(text: str) -> str:
    line = " ⏎ ".join(part.strip() for part in text.splitlines() if part.strip())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
