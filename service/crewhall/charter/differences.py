"""What differs between two charters, as lines that people read: path, what was, what is. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from crewhall.charter.model import Charter

_MANY: Final = 8


@dataclass(frozen=True, slots=True)
class Differs:
    """A value that differs. `old` or `new` is empty where nothing stands."""

    path: str
    old: str
    new: str


def differences(old: Charter, new: Charter) -> tuple[Differs, ...]:
    """Return all differences in the order of the charter; none exactly if the charters are the same."""
    return tuple(_compare("", old, new))


def _compare(path: str, old: object, new: object) -> Iterator[Differs]:
    if old == new:
        return
    if isinstance(old, BaseModel) and isinstance(new, BaseModel):
        for name in type(old).model_fields:
            yield from _compare(f"{path}.{name}".lstrip("."), getattr(old, name), getattr(new, name))
    elif isinstance(old, tuple) and isinstance(new, tuple):
        keyed = any(isinstance(one, BaseModel) for one in (*old, *new))
        yield from _keyed(path, old, new) if keyed else _listed(path, old, new)
    else:
        yield Differs(path, told(old), told(new))


def _keyed(path: str, old: tuple[object, ...], new: tuple[object, ...]) -> Iterator[Differs]:
    before = {_key(one): one for one in old}
    after = {_key(one): one for one in new}
    for key in dict.fromkeys((*before, *after)):
        yield from _compare(f"{path}.{key}", before.get(key), after.get(key))
    stayed, stay = [key for key in before if key in after], [key for key in after if key in before]
    if stayed != stay:
        yield Differs(path, ", ".join(stayed), ", ".join(stay))


def _listed(path: str, old: tuple[object, ...], new: tuple[object, ...]) -> Iterator[Differs]:
    """Yield both lists; of long ones only what was taken out and what came in."""
    if max(len(old), len(new)) > _MANY and set(old) != set(new):
        gone, come = (one for one in old if one not in new), (one for one in new if one not in old)
        yield Differs(path, told(tuple(gone)), told(tuple(come)))
    else:
        yield Differs(path, told(old), told(new))


def told(value: object) -> str:
    """Return a charter's value on one line, as people write it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case BaseModel():
            held = value.model_dump(exclude_defaults=True, exclude={"key"}) or value.model_dump()
            return told(held)
        case dict():
            return ", ".join(f"{key}: {_inner(one)}" for key, one in value.items() if one is not None)
        case tuple() | list():
            return ", ".join(_inner(one) for one in value)
        case _:
            return str(value)


def _inner(value: object) -> str:
    text = told(value)
    return f"({text})" if isinstance(value, (dict, tuple, list, BaseModel)) else text


def _key(part: object) -> str:
    return str(getattr(part, "key", ""))
