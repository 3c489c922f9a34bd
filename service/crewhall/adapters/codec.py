"""Writes facts and sayings as JSON and reads them back; no person's id is ever in what it writes.

Where a fact's type says `UserId`, JSON holds a token (``person:<random>``); who that is, only the
ledger's table of people knows. A saying holds a token wherever a whole text is a user id. What this
Crewhall does not know is refused, never dropped: it was written by a newer one.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from datetime import datetime
from types import UnionType
from typing import Union, cast, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from crewhall.errors import Newer
from crewhall.ground.facts import Fact
from crewhall.ground.ids import UserId

Swap = Callable[[str], str]
"""A person's id to their token, or back."""
_Walk = Callable[[object, Swap], object]
_SEPARATORS = (",", ":")


class Codec:
    """Facts to JSON and back. `facts` are all kinds that may be met; a kind is a class's name."""

    def __init__(self, facts: Iterable[type[Fact]]) -> None:
        self._kinds = {kind.__name__: _Kind(kind) for kind in facts}

    def write(self, fact: Fact, token: Swap) -> tuple[str, str]:
        """Return the fact's kind and body."""
        name = type(fact).__name__
        return name, self._kinds[name].write(fact, token)

    def read(self, kind: str, body: str, person: Swap) -> Fact:
        """Return the fact; raise `Misconfigured` if this Crewhall is too old for it."""
        known = self._kinds.get(kind)
        if known is None:
            raise newer(f"a fact of the kind {kind}")
        return known.read(body, person)


def newer(what: str) -> Newer:
    """Return the error for something in the ledger that only a newer Crewhall can have written."""
    return Newer(f"The ledger was written by a newer Crewhall: it holds {what}. Use that version.")


def compact(value: object) -> str:
    """Return JSON without spaces; pure ASCII, so that any text of Python's can be stored."""
    return json.dumps(value, separators=_SEPARATORS)


class _Kind:
    def __init__(self, kind: type[Fact]) -> None:
        self._adapter: TypeAdapter[Fact] = TypeAdapter(kind)
        self._name = kind.__name__
        self._walk = _of_dataclass(kind)

    def write(self, fact: Fact, token: Swap) -> str:
        return compact(self._walk(self._adapter.dump_python(fact, mode="json"), token))

    def read(self, body: str, person: Swap) -> Fact:
        try:
            return self._adapter.validate_python(self._walk(json.loads(body), person))
        except ValidationError as error:
            raise newer(f"a {self._name} that means something new") from error


def _of(hint: object) -> _Walk | None:
    """Return what swaps the persons in a JSON value of this type, None if there can be none."""
    if hint is UserId:
        return lambda value, swap: swap(cast("str", value))
    if isinstance(hint, type) and is_dataclass(hint):
        return _of_dataclass(hint)
    origin, args = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return _of_union(args)
    if origin is tuple and args[-1:] != (...,):
        return _of_row(args)
    if isinstance(origin, type) and issubclass(origin, tuple | list | AbstractSet):
        return _of_many(_of(args[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        key, item = _of(args[0]) or _same, _of(args[1]) or _same
        if key is _same and item is _same:
            return None
        return lambda value, swap: {
            key(k, swap): item(v, swap) for k, v in cast("dict[str, object]", value).items()
        }
    return None


def _same(value: object, _swap: Swap) -> object:
    return value


def _of_dataclass(kind: type) -> _Walk:
    hints = get_type_hints(kind)
    names = frozenset(field.name for field in fields(kind))
    walks = {name: walk for name in names if (walk := _of(hints[name])) is not None}

    def swapped(value: object, swap: Swap) -> object:
        body = cast("dict[str, object]", value)
        if not names.issuperset(body):
            raise newer(f"{kind.__name__} with {', '.join(sorted(set(body) - names))}")
        for name, walk in walks.items():
            if name in body:
                body[name] = walk(body[name], swap)
        return body

    return swapped


def _of_many(item: _Walk | None) -> _Walk | None:
    if item is None:
        return None
    return lambda value, swap: [item(one, swap) for one in cast("list[object]", value)]


def _of_row(args: tuple[object, ...]) -> _Walk | None:
    walks = [_of(arg) or _same for arg in args]
    if all(walk is _same for walk in walks):
        return None
    return lambda value, swap: [
        walk(one, swap) for walk, one in zip(walks, cast("list[object]", value), strict=True)
    ]


def _of_union(args: tuple[object, ...]) -> _Walk | None:
    """Return a walk that chooses by the JSON value's shape; what may be null is left alone when it is."""
    walks = [(_shape(arg), walk) for arg in args if (walk := _of(arg)) is not None]
    if not walks:
        return None

    def swapped(value: object, swap: Swap) -> object:
        return next((walk(value, swap) for shape, walk in walks if isinstance(value, shape)), value)

    return swapped


def _shape(hint: object) -> type:
    if hint is UserId:
        return str
    origin = get_origin(hint)
    mapping = isinstance(origin, type) and issubclass(origin, Mapping)
    return dict if mapping or (isinstance(hint, type) and is_dataclass(hint)) else list


def instant(at: datetime) -> str:
    """Return an aware instant as text that sorts by time and reads back the same."""
    return at.isoformat(timespec="microseconds")
