"""Everything that can be set, typed, said or met stands on its page, and nothing stands there that is not so.

The pages are read as people read them: as text, whoever or whatever wrote it.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from crewhall import errors
from crewhall.cli import crewhall
from crewhall.cli.statuses import STATUSES, status_of
from crewhall.environment import variables
from crewhall.house.counsel import VERBS
from crewhall.settings import Settings

ROOT = Path(__file__).parents[2]
COMMANDS, CHAT, PAPERS, METRICS = (
    (ROOT / name).read_text(encoding="utf-8")
    for name in ("deploy/COMMANDS.md", "config/CHAT.md", "config/README.md", "deploy/METRICS.md")
)
SAID_BY_HAND = ("README.md", "deploy/README.md", "deploy/CHANGES.md")


def rows(text: str) -> list[list[str]]:
    """Return the cells of every table's rows, without the headings."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    heads = {n for n, row in enumerate(cells[1:]) if set("".join(row)) <= set("-: ")}
    return [row for n, row in enumerate(cells) if n not in heads and n - 1 not in heads]


def code(cell: str) -> list[str]:
    return [word.replace("\\|", "|") for word in re.findall(r"`([^`]+)`", cell)]


def parts(text: str, mark: str) -> dict[str, str]:
    """Return the parts of a page by their headings."""
    found = re.split(rf"^{mark} (.*)$", text, flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def test_every_command_is_on_its_page_with_its_arguments() -> None:
    told = [code(head)[0] for head in parts(COMMANDS, "###")]
    assert told == [
        " ".join(
            (
                "crewhall",
                name,
                *(p.make_metavar(click.Context(c)) for p in c.params if p.param_type_name == "argument"),
            )
        )
        for name, c in crewhall.commands.items()
    ]


@pytest.mark.parametrize("name", crewhall.commands)
def test_every_option_is_on_the_page_and_no_other(name: str) -> None:
    command = crewhall.commands[name]
    section = next(s for head, s in parts(COMMANDS, "###").items() if f"crewhall {name}" in head)
    section = section.partition("\n## ")[0]
    options = [p for p in command.params if isinstance(p, click.Option)]
    told = {word for row in rows(section) for word in code(row[0]) if word.startswith("-")}
    shared = {word for row in rows(COMMANDS.partition("###")[0]) for word in code(row[0]) if word[0] == "-"}
    assert shared == {"-c", "--config"}
    has_shared = any(option.name == "config" for option in options)
    assert told | (shared if has_shared else set()) == {word for o in options for word in o.opts}
    assert f"but `{name}`" not in COMMANDS or not has_shared
    assert all(option.help for option in options)


def test_every_exit_status_is_on_the_page() -> None:
    told = {int(row[0]): row[1] for row in rows(parts(COMMANDS, "##")["Exit statuses"])}
    assert told == {status.number: status.means for status in STATUSES}
    assert len({status.number for status in STATUSES}) == len(STATUSES)


def kinds(kind: type[errors.Trouble]) -> Iterator[type[errors.Trouble]]:
    for one in kind.__subclasses__():
        yield one
        yield from kinds(one)


def test_every_kind_of_trouble_has_a_status() -> None:
    named = {kind for status in STATUSES for kind in status.kinds}
    for kind in kinds(errors.Trouble):
        if kind.__module__ not in {"crewhall.errors", "crewhall.charter.faults"}:
            continue  # met and handled where it is raised: the doors of bridges, those who play people
        assert any(parent in named for parent in kind.__mro__), kind
    assert status_of(errors.TokenRefused("M_UNKNOWN_TOKEN", "no")) == 77
    assert status_of(errors.NoRoom("full")) == 74


@pytest.mark.parametrize(
    "name",
    [
        "systemd/crewhall.service",
        "ansible/matrix-bot-crewhall/templates/systemd/matrix-bot-crewhall.service.j2",
    ],
)
def test_the_units_try_again_only_what_may_pass(name: str) -> None:
    unit = (ROOT / "deploy" / name).read_text()
    found = re.search(r"^RestartPreventExitStatus=(.*)$", unit, re.MULTILINE)
    assert found is not None
    final = set(map(int, found[1].split()))
    assert final <= {status.number for status in STATUSES}
    passing = (errors.TryLater, errors.NoRoom, errors.Occupied, errors.NotOurs, errors.Denied)
    assert not final & {status.number for status in STATUSES if set(status.kinds) & set(passing)}


def test_every_setting_is_on_the_page_and_no_other() -> None:
    told = [code(row[0])[0] for row in rows(parts(PAPERS, "##")["Settings"])]
    paths = set(variables(Settings).values())
    wholes = {path[:1] for path in paths if len(path) > 1}
    assert sorted(told) == sorted(".".join(map(str, path)) for path in paths - wholes)


def test_everything_that_can_be_said_is_on_the_page_by_its_topic_and_no_more() -> None:
    for topic, section in parts(CHAT, "##").items():
        assert f"`!help {topic.lower()}`" in section
        told = {code(row[0])[0]: row[1].replace("\\|", "|") for row in rows(section)}
        assert told == {v.usage: v.about for v in VERBS if v.topic == topic.lower()}, topic
    assert {topic.lower() for topic in parts(CHAT, "##")} == {verb.topic for verb in VERBS}


@pytest.mark.parametrize("name", SAID_BY_HAND)
def test_what_other_pages_have_people_say_is_understood(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    said = {tuple(words[1:].split()) for words in code(text.replace("```", "")) if re.match(r"![a-z]", words)}
    known = {verb.words for verb in VERBS}
    for words in said:
        assert any(words[: len(verb)] == verb for verb in known), f"{name}: !{' '.join(words)}"


def logged() -> Iterator[tuple[str, str]]:
    """Yield each event that is logged as a warning or an error, with its level."""
    for path in (*(ROOT / "service/crewhall").rglob("*.py"), *(ROOT / "bridges").rglob("*.py")):
        if {"lab", "demo", "testing"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(
                        value=ast.Name(id="_log"), attr="warning" | "error" | "exception" as level
                    ),
                    args=[ast.Constant(value=str(event))],
                ):
                    yield event, level.replace("exception", "error")
                case ast.Call(func=ast.Name(id="_told"), args=[ast.Constant(value=str(event)), *_]) if (
                    "." in event
                ):
                    yield event, "info, error"


def test_every_warning_and_error_of_the_log_is_on_the_page_and_no_other() -> None:
    told = {event: row[1] for row in rows(parts(METRICS, "##")["The log"]) for event in code(row[0])}
    assert told == dict(logged())
