"""Writes a configuration with a comment on every key, from the documentation of the settings themselves."""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from crewhall.charter.amiss import inner_model
from crewhall.settings import Settings

_WIDTH = 100
_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z")
_FIRST = ("homeserver", "service", "ledger", "charters")
_UNITS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("min", timedelta(minutes=1)))

SHOWN: Mapping[str, Mapping[str, object] | object] = {
    "homeserver": {"address": "http://127.0.0.1:8008", "name": "example.org"},
    "service": {
        "listen": "127.0.0.1:29331",
        "address": "http://127.0.0.1:29331",
        "keeper": "keeper",
        "operators": ("@you:example.org",),
    },
    "ledger": Path("crewhall.db"),
    "charters": Path("charters"),
}
"""What the example sets."""

_HEAD = """\
# The configuration of Crewhall. The keys behind a # show what holds when they are left out.
# Variables such as CREWHALL_HOMESERVER__ADDRESS go before this file; relative paths begin at its folder.
"""


def first(
    server: str, homeserver: str, *, operators: tuple[str, ...] = (), registration: Path | None = None
) -> str:
    """Return a first configuration for a homeserver of this name and address."""
    own = SHOWN["service"]
    told: dict[str, object] = {
        **SHOWN,
        "homeserver": {"address": homeserver, "name": server},
        "service": {**(own if isinstance(own, Mapping) else {}), "operators": operators},
    }
    if registration is not None:
        told["registration"] = registration
    return example(told)


def example(told: Mapping[str, object] = SHOWN) -> str:
    """Return a configuration that sets what is told, and shows everything else as a comment."""
    names = (*_FIRST, *(name for name in Settings.model_fields if name not in _FIRST))
    return "\n".join((_HEAD, *(line for name in names for line in _entry(name, told)))).rstrip() + "\n"


def _entry(name: str, told: Mapping[str, object]) -> Iterator[str]:
    field = Settings.model_fields[name]
    yield from _comment(field, "")
    inner = inner_model(field.annotation)
    if inner is None:
        mark = "" if name in told else "#"
        yield f"{mark}{name}: {plain(told.get(name, field.default))}"
    else:
        set_here = told.get(name)
        yield from _part(name, inner, set_here if isinstance(set_here, Mapping) else {})
    yield ""


def _part(name: str, model: type[BaseModel], told: Mapping[str, object]) -> Iterator[str]:
    outer = "" if told else "#"
    yield f"{outer}{name}:"
    for key, field in model.model_fields.items():
        mark = "" if key in told else "#"
        yield from _comment(field, f"{outer}  ")
        yield f"{outer or mark}  {key}: {plain(told.get(key, field.default))}".rstrip()


def _comment(field: FieldInfo, indent: str) -> Iterator[str]:
    return (f"{indent}# {line}" for line in textwrap.wrap(field.description or "", _WIDTH - len(indent)))


def plain(value: object) -> str:
    """Return a value as YAML has it, on one line."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case timedelta():
            return span(value)
        case Path():
            return str(value) if value.is_absolute() or value.parts[:1] == ("..",) else f"./{value}"
        case tuple() | list():
            return f"[{', '.join(json.dumps(one, ensure_ascii=False) for one in value)}]"
        case str():
            bare = _BARE.match(value) is not None and yaml.safe_load(value) == value
            return value if bare else json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def span(value: timedelta) -> str:
    """Return a duration as an operator writes it, in the largest unit that fits."""
    unit, one = next(((u, o) for u, o in _UNITS if not value % o), ("s", timedelta(seconds=1)))
    return f"{value / one:g} {unit}"
