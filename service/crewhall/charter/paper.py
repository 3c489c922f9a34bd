"""Reads YAML into plain values and remembers where each stands. Hostile or careless text becomes faults.

Only what papers need is read: mappings, lists, text, numbers, true and false, nothing. A date stays the
text it is. Keys are always text, so that ``no`` and ``12`` may be keys.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml
from yaml.constructor import SafeConstructor

from crewhall.charter.faults import Fault, Faults, Path, spelled

MOST_BYTES = 256 * 1024
"""Size of the largest paper."""
MOST_VALUES = 20_000
"""Values in a paper, each use of an alias counted: a few lines of YAML can stand for billions."""
DEEPEST = 32
"""Levels of mappings and lists in each other."""

_TAG = "tag:yaml.org,2002:"
_PLAIN = frozenset(_TAG + kind for kind in ("int", "float", "bool", "null"))
_TEXT = frozenset(_TAG + kind for kind in ("str", "timestamp", "value", "merge"))

_SAID = (
    ("'\\t'", "A tab stands where only spaces may: indent with spaces."),
    ("'@'", 'A text that begins with @ wants quotes: "@you:example.org".'),
    ("cannot start any token", "A text cannot begin with this character: put the text in quotes."),
    ("mapping values are not allowed", "A colon is not expected here: put a text that holds one in quotes."),
    ("found unexpected end of stream", "A quote is opened here and never closed."),
    ("unknown escape character", "This backslash means nothing in double quotes: write it twice."),
    ("could not find expected ':'", "A colon is missing after a key: write `key: value`."),
    ("expected ',' or ']'", "A list in [ ] lacks a comma or its end."),
    ("expected ',' or '}'", "A mapping in { } lacks a comma or its end."),
    (
        "expected <block end>",
        "This line is indented otherwise than its neighbours: align what belongs together.",
    ),
    ("but found another document", "A file holds one document: remove the line `---`."),
    ("expected the node content", "Something is missing here: a value, or the end of a list or mapping."),
    ("found undefined alias", "There is no anchor of this name before here: write the value out."),
    ("found duplicate anchor", "This anchor is set twice: give one of them another name."),
)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a paper, counted from 1."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper says: `value`, where each part of it stands, and what is wrong in the YAML itself.

    A value in a mapping stands where its key does. If `broken`, nothing of `value` can be trusted.
    """

    name: str
    value: object = None
    spots: Mapping[Path, Spot] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    broken: bool = False

    def fault(self, path: Path, message: str) -> Fault:
        """Return a fault at a value, or at the nearest part around it that is there."""
        around = next((path[:n] for n in range(len(path), 0, -1) if path[:n] in self.spots), ())
        spot = self.spots.get(around, Spot())
        return Fault(self.name, spot.line, spot.column, spelled(path), message)

    def mapping(self) -> dict[str, object]:
        """Return the value as the mapping that a paper is. Raises `Faults` if anything is wrong so far."""
        faults = self.faults
        if not faults and not isinstance(self.value, dict):
            faults = (self.fault((), "This file holds no `key: value` lines: see the shipped examples."),)
        if faults or not isinstance(self.value, dict):
            raise Faults(faults)
        return self.value


def read_paper(text: str | bytes, name: str) -> Paper:
    """Return what a text says; `name` is how the paper is called in faults."""
    size = len(text) if isinstance(text, bytes) else len(text.encode(errors="surrogatepass"))
    if size > MOST_BYTES:
        told = f"This file has {size // 1024} kB; at most {MOST_BYTES // 1024} kB are read: shorten it."
        return _broken(name, Spot(), told)
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            return _broken(name, Spot(line), "This is not UTF-8: save the file in that encoding.")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        return _broken(name, _spot(error.problem_mark or error.context_mark), _sentence(error))
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        return _broken(name, Spot(line), "An invisible control character stands here: remove it.")
    except RecursionError:
        return _broken(name, Spot(), f"Lists and mappings are more than {DEEPEST} levels deep: flatten them.")
    if node is None:
        return _broken(name, Spot(), "This file is empty: see the shipped examples for what it can say.")
    reader = _Reader(name)
    try:
        value = reader.read(node, ())
    except _GaveUpError as gave_up:
        return _broken(name, _spot(gave_up.node.start_mark), gave_up.why)
    return Paper(name, value, reader.spots, tuple(reader.faults))


class _GaveUpError(Exception):
    def __init__(self, node: yaml.Node, why: str) -> None:
        super().__init__(why)
        self.node = node
        self.why = why


class _Reader:
    """Turns nodes into values. Entries that are wrong are left out and noted."""

    def __init__(self, name: str) -> None:
        self.faults: list[Fault] = []
        self.spots: dict[Path, Spot] = {}
        self._name = name
        self._left = MOST_VALUES
        self._around: list[yaml.Node] = []
        self._plain = SafeConstructor()

    def read(self, node: yaml.Node, path: Path) -> object:
        """Return a node's value. Raises `_GaveUpError` if the whole paper is beyond reading."""
        self._left -= 1
        if self._left < 0:
            raise _GaveUpError(node, f"More than {MOST_VALUES} values stand here: write fewer aliases.")
        if any(node is other for other in self._around):
            raise _GaveUpError(node, "This value holds itself: write it out without the alias.")
        if len(self._around) > DEEPEST:
            raise _GaveUpError(node, f"This is more than {DEEPEST} levels deep: flatten it.")
        self._around.append(node)
        try:
            if isinstance(node, yaml.MappingNode):
                return {key: self.read(value, (*path, key)) for key, value in self._entries(node, path)}
            if isinstance(node, yaml.SequenceNode):
                return [self._item(item, (*path, n)) for n, item in enumerate(node.value)]
            return self._scalar(node, path)
        finally:
            self._around.pop()

    def _item(self, node: yaml.Node, path: Path) -> object:
        self.spots[path] = _spot(node.start_mark)
        return self.read(node, path)

    def _entries(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, yaml.Node]]:
        first: dict[str, Spot] = {}
        for key, value in node.value:
            spot = _spot(key.start_mark)
            if not isinstance(key, yaml.ScalarNode):
                self._fault(spot, path, "A list or mapping cannot be a key: a key is one word.")
                continue
            name = str(key.value)
            if name in first:
                self._fault(
                    spot,
                    (*path, name),
                    f"`{name}` stands here a second time (first in line {first[name].line}): keep one.",
                )
                continue
            first[name] = self.spots[*path, name] = spot
            yield name, value

    def _scalar(self, node: yaml.Node, path: Path) -> object:
        text = str(node.value)
        if any("\ud800" <= c <= "\udfff" for c in text):
            self._fault(
                _spot(node.start_mark), path, "Half a character stands here: write the character itself."
            )
            return ""
        if node.tag in _TEXT:
            return text
        if node.tag not in _PLAIN:
            self._fault(
                _spot(node.start_mark), path, f"A tag ({node.tag}) is not understood here: remove it."
            )
            return None
        try:
            value: object = self._plain.construct_object(node)
        except (ValueError, OverflowError, yaml.YAMLError):
            self._fault(
                _spot(node.start_mark), path, "This number cannot be read: put it in quotes if it is text."
            )
            return None
        return value

    def _fault(self, spot: Spot, path: Path, message: str) -> None:
        self.faults.append(Fault(self._name, spot.line, spot.column, spelled(path), message))


def _broken(name: str, spot: Spot, message: str) -> Paper:
    return Paper(name, faults=(Fault(name, spot.line, spot.column, "", message),), broken=True)


def _spot(mark: yaml.Mark | None) -> Spot:
    return Spot(mark.line + 1, mark.column + 1) if mark is not None else Spot()


def _sentence(error: yaml.MarkedYAMLError) -> str:
    """Return what a YAML error means for whoever wrote the line."""
    problem = str(error.problem or error.context or "")
    said = next((said for part, said in _SAID if part in problem), None)
    return said or f"This cannot be read as YAML ({problem}): look at this line and the one before."
