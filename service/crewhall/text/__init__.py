"""Every sentence the service says: turns a `Sentence` into words, a folder a language (Project Fluent).

What fills a sentence is put in after Fluent has chosen the words, so that nothing people wrote is ever
read as Fluent or as HTML. Links: Matrix specification v1.19, appendices, "matrix.to navigation".
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from html import escape
from importlib import resources
from importlib.metadata import entry_points
from urllib.parse import quote

from fluent.runtime import FluentBundle, FluentResource

from crewhall.ground.hall import Opened
from crewhall.ground.ids import RoomKey, UserId, local
from crewhall.ground.talk import PersonLink, RoomLink, Sentence, Value, Verbatim

GROUP = "crewhall.texts"
"""Entry points of bridges: packages that hold a folder a language, as this one does."""
_LANGUAGE = "en"
_SLOT = re.compile("\ue000([0-9]+)\ue001")
_MATRIX_TO = "https://matrix.to/#/"
_JOINERS = "\u200c\u200d"
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message's two forms: plain text (``body``) and HTML (``formatted_body``)."""

    plain: str
    html: str


def render(sentence: Sentence, rooms: Mapping[RoomKey, Opened], via: str) -> Rendered:
    """Return a sentence in words. `via` is the server through which our rooms are reached.

    A room that is not in `rooms` is named without a link. Raises KeyError for a sentence that the text
    files do not have: that is a bug.
    """
    return _Words(rooms, via).render(sentence)


def shown(text: str) -> str:
    """Return what people wrote without anything that cannot be seen: one line, no bidirectional tricks."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if c.isspace() else c for c in text if _visible(c))


def day(moment: datetime) -> str:
    """Return a moment in words, such as ``3 May 2026 at 14:05 UTC``."""
    utc = moment.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y} at {utc:%H:%M} UTC"


@dataclass(frozen=True, slots=True)
class _Words:
    rooms: Mapping[RoomKey, Opened]
    via: str

    def render(self, sentence: Sentence) -> Rendered:
        slots: list[Rendered] = []

        def slot(value: Value) -> str | int:
            if isinstance(value, int):
                return value  # numbers choose the plural
            slots.append(self.value(value))
            return f"\ue000{len(slots) - 1}\ue001"

        text = _format(sentence.id, tuple((name, slot(value)) for name, value in sentence.args.items()))
        return Rendered(
            plain=_filled(text, lambda n: slots[n].plain),
            html=_unbroken(_filled(escape(text).replace("\n", "<br>"), lambda n: slots[n].html)),
        )

    def value(self, value: Value) -> Rendered:
        match value:
            case Sentence():
                return self.render(value)
            case RoomLink():
                return self.room(value)
            case PersonLink(person=person):
                return self.person(person)
            case Verbatim(lines=lines):
                return _as_it_stands("\n".join(map(shown, lines)))
            case datetime():
                return _same(day(value))
            case tuple() if value and all(isinstance(item, Sentence) for item in value):
                return _bullets([self.value(item) for item in value])
            case tuple():
                return _listed([self.value(item) for item in value])
            case int():
                return _same(str(value))
            case str():
                return _same(shown(value))

    def person(self, person: UserId) -> Rendered:
        """Return a pill: clients show the person's own name in place of the words."""
        address = f"{_MATRIX_TO}{quote(person, safe='@:')}"
        return Rendered(shown(person), f'<a href="{escape(address)}">{escape(shown(local(person)))}</a>')

    def room(self, link: RoomLink) -> Rendered:
        """Return the room's name and a link beside it: clients replace a link's words by the raw id."""
        name, there = shown(link.name), self.rooms.get(link.key)
        if there is None:
            return _same(name)
        address = f"{_MATRIX_TO}{quote(there.room, safe='!:')}?via={quote(self.via, safe=':')}"
        return Rendered(f"{name} ({address})", f'{escape(name)} (<a href="{escape(address)}">open</a>)')


@lru_cache(maxsize=1_000)
def _format(name: str, args: tuple[tuple[str, str | int], ...]) -> str:
    """Return the words around numbers and slots; nothing people wrote is in here, so it may be kept."""
    bundle = _bundle()
    words = bundle.get_message(name).value
    if words is None:
        raise KeyError(name)
    text, errors = bundle.format_pattern(words, dict(args))
    if errors:
        raise KeyError(name, errors)
    return str(text)


@lru_cache(maxsize=1)
def _bundle() -> FluentBundle:
    # Isolation marks would stand in the plain text of names and links; `shown` makes them needless.
    bundle = FluentBundle([_LANGUAGE], use_isolating=False)
    for source in sources():
        bundle.add_resource(FluentResource(source))
    return bundle


def sources(language: str = _LANGUAGE) -> tuple[str, ...]:
    """Return the text files of a language, in order of name: the service's own, then those of bridges."""
    bridges = sorted(point.value for point in entry_points(group=GROUP))
    found: list[str] = []
    for package in (__name__, *bridges):
        files = (f for f in resources.files(package).joinpath(language).iterdir() if f.name.endswith(".ftl"))
        found += (file.read_text(encoding="utf-8") for file in sorted(files, key=lambda file: file.name))
    return tuple(found)


def _filled(text: str, of: Callable[[int], str]) -> str:
    return _SLOT.sub(lambda found: of(int(found.group(1))), text)


def _same(text: str) -> Rendered:
    return Rendered(text, escape(text))


def _as_it_stands(text: str) -> Rendered:
    return Rendered(text, f"<pre><code>{escape(text)}</code></pre>")


def _unbroken(html: str) -> str:
    """Return HTML without a break before what begins on a line of its own anyway."""
    return html.replace("<br><ul>", "<ul>").replace("<br><pre>", "<pre>")


def _listed(items: Sequence[Rendered]) -> Rendered:
    return Rendered(_joined([item.plain for item in items]), _joined([item.html for item in items]))


def _joined(items: Sequence[str]) -> str:
    return f"{', '.join(items[:-1])} and {items[-1]}" if len(items) > 1 else "".join(items)


def _bullets(items: Sequence[Rendered]) -> Rendered:
    plain = "\n".join(f"• {item.plain}" for item in items)
    return Rendered(plain, "<ul>" + "".join(f"<li>{item.html}</li>" for item in items) + "</ul>")


def _visible(char: str) -> bool:
    return char.isspace() or char in _JOINERS or unicodedata.category(char) not in _HIDDEN
