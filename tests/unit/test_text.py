"""Promises of the words: every sentence has some, each with what fills it, and nothing in them can bite."""

import ast
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import Message, VariableReference
from fluent.syntax.visitor import Visitor

import crewhall
import crewhall_bridges
from crewhall import text
from crewhall.ground.hall import Opened
from crewhall.ground.ids import RoomId, RoomKey, UserId
from crewhall.ground.talk import PersonLink, RoomLink, Sentence, Verbatim
from crewhall.text import render

SINCE = datetime(2026, 5, 3, 14, 5, tzinfo=UTC)
ROOM = RoomKey("rivendell/crew/lantern")
ROOMS = {ROOM: Opened(RoomId("!abc"), "12", SINCE)}

_SAY_NOTHING = {"adapters", "testing"}  # they carry sentences, or play with them


class _Variables(Visitor):  # type: ignore[misc]  # fluent.syntax has no types
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: VariableReference) -> None:  # noqa: N802 - the library's name
        self.names.add(node.id.name)


def _messages() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    entries = [entry for source in text.sources() for entry in FluentParser().parse(source).body]
    for entry in entries:
        assert type(entry).__name__ != "Junk", entry.content
        if isinstance(entry, Message):
            assert entry.id.name not in found, f"{entry.id.name} is there twice"
            variables = _Variables()
            variables.visit(entry)
            found[entry.id.name] = frozenset(variables.names)
    return found


def _used() -> list[tuple[str, frozenset[str], str]]:
    """Return every ``Sentence("name", {"arg": ...})`` in the code with the place where it stands."""
    found = []
    service, bridges = (Path(package.__path__[0]) for package in (crewhall, crewhall_bridges))
    for path in sorted((*service.rglob("*.py"), *bridges.rglob("*.py"))):
        if path.is_relative_to(service) and path.relative_to(service).parts[0] in _SAY_NOTHING:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Sentence":
                where = f"{path.name}:{node.lineno}"
                name, *rest = node.args
                assert isinstance(name, ast.Constant), f"{where}: a sentence is named where it is used"
                keys = rest[0].keys if rest and isinstance(rest[0], ast.Dict) else []
                assert not rest or isinstance(rest[0], ast.Dict), f"{where}: what fills it is named there too"
                found.append(
                    (name.value, frozenset(k.value for k in keys if isinstance(k, ast.Constant)), where)
                )
    return found


def test_every_sentence_has_words_filled_with_exactly_what_is_given() -> None:
    messages = _messages()
    wrong = [(where, name) for name, args, where in _used() if messages.get(name) != args]
    assert wrong == []


def test_no_words_are_left_over() -> None:
    assert _messages().keys() - {name for name, _, _ in _used()} == set()


def test_what_people_wrote_is_neither_html_nor_fluent() -> None:
    name = '<img src=x onerror="alert(1)"> { $crew } \ue0000\ue001'
    told = render(Sentence("crew-left", {"crew": name}), {}, "here")
    assert "<img" not in told.html
    assert "{ $crew }" in told.plain


@pytest.mark.parametrize(
    "trick", ["\u202e", "\u2066", "\x00", "\x1b", "\u200b", "\ufeff", "\ue000", "\n", "\t"]
)
def test_nothing_invisible_gets_through(trick: str) -> None:
    told = render(Sentence("crew-left", {"crew": f"Lan{trick}tern"}), {}, "here")
    assert trick not in told.plain + told.html


def test_a_room_is_named_in_words_beside_its_link() -> None:
    told = render(Sentence("crew-admitted", {"crew": RoomLink(ROOM, "Lantern & co")}), ROOMS, "here:8448")
    address = "https://matrix.to/#/!abc?via=here:8448"
    assert told.plain.startswith(f"A seat in Lantern & co ({address}) is yours.")
    assert f'Lantern &amp; co (<a href="{address}">open</a>)' in told.html


def test_a_room_that_is_not_there_is_named_without_a_link() -> None:
    told = render(Sentence("crew-admitted", {"crew": RoomLink(ROOM, "Lantern")}), {}, "here")
    assert told.plain.startswith("A seat in Lantern is yours.")


def test_people_are_named_by_links_and_lists_end_with_and() -> None:
    people = tuple(PersonLink(UserId(f"@{name}:here")) for name in ("ada", "bea", "c/y"))
    told = render(Sentence("crew-invited", {"crew": "Lantern", "people": people}), {}, "here")
    assert told.plain == "A seat in Lantern is offered to @ada:here, @bea:here and @c/y:here."
    assert '<a href="https://matrix.to/#/@c%2Fy:here">c/y</a>' in told.html


def test_moments_are_told_in_words_with_their_zone() -> None:
    east = SINCE.astimezone(timezone(timedelta(hours=13)))
    told = render(Sentence("me-left", {"community": "Rivendell", "since": east}), {}, "here")
    assert told.plain == "You left Rivendell on 3 May 2026 at 14:05 UTC."


@pytest.mark.parametrize(("count", "words"), [(0, "no free seat"), (1, "one free seat"), (7, "7 free seats")])
def test_numbers_are_counted_as_people_count(count: int, words: str) -> None:
    assert (
        render(Sentence("crews-line", {"crew": "Lantern", "free": count}), {}, "here").plain
        == f"Lantern, {words}"
    )


def test_sentences_in_a_sentence_become_a_list() -> None:
    lines = tuple(Sentence("crew-left", {"crew": name}) for name in ("Lantern", "<b>"))
    told = render(Sentence("crews-list", {"community": "Rivendell", "lines": lines}), {}, "here")
    assert told.plain == "Crews in Rivendell:\n• You have left Lantern.\n• You have left <b>."
    assert told.html == (
        "Crews in Rivendell:<ul><li>You have left Lantern.</li><li>You have left &lt;b&gt;.</li></ul>"
    )


def test_a_piece_of_a_charter_stands_as_it_is_in_a_block_of_its_own() -> None:
    piece = Verbatim(("hats:", "  - key: <door>\u202e", ""))
    told = render(Sentence("told", {"lines": piece}), {}, "here")
    assert told.plain == "hats:\n  - key: <door>\n"
    assert told.html == "<pre><code>hats:\n  - key: &lt;door&gt;\n</code></pre>"


def test_very_long_words_are_said_whole() -> None:
    told = render(Sentence("me-next-asks", {"rung": "Partners", "asks": "x" * 9000}), {}, "here")
    assert len(told.plain) > 9000
