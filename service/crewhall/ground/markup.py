"""Reads a message, as hostile as it comes, into runs of plain text and the people who are mentioned.

Sources: Matrix specification v1.19, client-server API, "m.room.message msgtypes" (allowed HTML, rich replies)
and appendices, "matrix.to navigation" and "URIs". HTML is read by the standard library's parser.
"""

import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final, TypeAlias
from urllib.parse import unquote

from crewhall.ground import ids
from crewhall.ground.ids import UserId

MOST_READ: Final = 10_000
"""Characters of a message that are looked at."""

_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_JOINERS = "\u200c\u200d"
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_WEB, _URI = ("https://matrix.to/#/", "http://matrix.to/#/"), "matrix:u/"
_LINES = frozenset(
    {"br", "p", "div", "li", "ul", "ol", "pre", "hr", "tr", "h1", "h2", "h3", "h4", "h5", "h6"}
)
_STRAY = re.compile(r"<(?=[^<>]*(?:<|\Z))")  # a tag that never ends: each makes the parser look far ahead
_UNHEARD = frozenset({"mx-reply", "blockquote", "script", "style", "del", "s", "strike"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A person named by a link that clients show as a pill."""

    person: UserId


Run: TypeAlias = str | Mention


def runs(body: str, formatted: str | None) -> tuple[Run, ...]:
    """Return the first line that says anything, cleaned; the HTML is read only if a person is linked in it.

    People read the HTML, but the plain text is what was typed: Markdown has not been at work on it.
    """
    if formatted is not None:
        reader = _Reader()
        with suppress(AssertionError):  # how the parser says no to a malformed declaration
            reader.feed(_STRAY.sub("&lt;", formatted[:MOST_READ]))
            reader.close()
        if any(isinstance(run, Mention) for run in reader.runs):
            return _first_line(reader.runs)
    return _first_line((_unquoted(body[:MOST_READ]),))


def clean(text: str) -> str:
    """Return text without anything that cannot be seen; every blank is a plain one.

    Joiners stay between characters that need them: scripts and emoji do, ASCII does not.
    """
    kept: list[str] = []
    for at, char in enumerate(text):
        if char.isspace():
            kept.append(" ")
        elif char in _JOINERS:
            after = text[at + 1 : at + 2]
            if kept and not kept[-1].isascii() and after and not after.isascii():
                kept.append(char)
        elif unicodedata.category(char) not in _INVISIBLE:
            kept.append(char)
    return "".join(kept)


def person(text: str) -> UserId | None:
    """Return who is named by a plain id or by a link of either kind, None if nobody is."""
    if text.startswith("@"):
        return _user(text)
    if text[: len(_URI)].lower() == _URI:
        return _user("@" + unquote(text[len(_URI) :].partition("?")[0].partition("/")[0]))
    for start in _WEB:
        if text[: len(start)].lower() == start:
            return _user(unquote(text[len(start) :].partition("?")[0].partition("/")[0]))
    return None


def _user(text: str) -> UserId | None:
    try:
        return ids.user(text) if clean(text) == text else None
    except (ids.BadName, UnicodeEncodeError):
        return None


def _unquoted(body: str) -> str:
    """Return a plain body without the quote that some clients put before a reply."""
    lines = body.splitlines()
    start = 0
    while start < len(lines) and lines[start].startswith(">"):
        start += 1
    return "\n".join(lines[start:])


def _first_line(found: Iterable[Run]) -> tuple[Run, ...]:
    line: list[Run] = []
    for run in found:
        if isinstance(run, Mention):
            line.append(run)
            continue
        for text in run.splitlines(keepends=True):
            line.append(clean(text.rstrip(_ENDS)))
            if text[-1] in _ENDS:
                if _says(line):
                    return tuple(line)
                line.clear()
    return tuple(line) if _says(line) else ()


def _says(line: Iterable[Run]) -> bool:
    return any(isinstance(run, Mention) or run.strip() for run in line)


class _Reader(HTMLParser):
    """Collects text and pills; quotes, scripts and struck-out words are not heard."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.runs: list[Run] = []
        self._unheard: list[str] = []
        self._in_pill = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LINES:
            self._end_line()
        if tag in _UNHEARD:
            self._unheard.append(tag)
        if tag == "a":
            self._in_pill = False
            who = person(dict(attrs).get("href") or "")
            if who is not None and not self._unheard:
                self.runs.append(Mention(who))
                self._in_pill = True

    def handle_endtag(self, tag: str) -> None:
        if tag in _LINES:
            self._end_line()
        if tag in self._unheard:
            del self._unheard[self._unheard.index(tag) :]
        if tag == "a":
            self._in_pill = False

    def handle_data(self, data: str) -> None:
        if not self._unheard and not self._in_pill:
            self.runs.append(data.replace("\n", " "))

    def _end_line(self) -> None:
        self._in_pill = False
        if not self._unheard:
            self.runs.append("\n")
