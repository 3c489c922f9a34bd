"""The reference of every setting and every charter key, from the models' own documentation."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic import BaseModel, StringConstraints
from pydantic.fields import FieldInfo

from crewhall.charter.amiss import inner_model
from crewhall.charter.model import Charter
from crewhall.environment import DEEPER, PREFIX
from crewhall.example import plain
from crewhall.settings import Settings

_SHAPES = {"^[a-z0-9]+": "`a-z`, `0-9` and hyphens", "^(mxc": "`mxc://…`"}


def papers() -> Iterator[str]:
    """Yield the lines of the reference of what an operator writes."""
    yield from _settings()
    yield from _charter()


def _settings() -> Iterator[str]:
    yield "## Settings"
    yield ""
    yield f"`a.b` is the key `b` below `a`; the environment sets it as `{PREFIX}A{DEEPER}B`."
    yield ""
    yield from _head("setting")
    for name, field in Settings.model_fields.items():
        inner = inner_model(field.annotation)
        if inner is None:
            yield _row(name, field)
        else:
            yield from (_row(f"{name}.{key}", one) for key, one in inner.model_fields.items())
    yield ""


def _charter() -> Iterator[str]:
    yield "## Charter"
    yield ""
    for title, keys, model in _parts(Charter):
        yield f"### {title}"
        yield ""
        yield f"{model.__doc__ or ''} {keys}".strip()
        yield ""
        yield from _head("key")
        yield from (_row(key, field) for key, field in model.model_fields.items())
        yield ""


def _parts(charter: type[BaseModel]) -> Iterator[tuple[str, str, type[BaseModel]]]:
    """Return each part of a charter once: its title, where else it stands, and its model."""
    where: dict[type[BaseModel], list[str]] = {}
    _walk(charter, "", where)
    for part, paths in where.items():
        also = f"Also as {', '.join(f'`{path}`' for path in paths[1:])}." if paths[1:] else ""
        yield (f"`{paths[0]}`" if paths[0] else "The charter itself"), also, part


def _walk(model: type[BaseModel], path: str, where: dict[type[BaseModel], list[str]]) -> None:
    where.setdefault(model, []).append(path)
    for key, field in model.model_fields.items():
        inner = inner_model(field.annotation)
        if inner is not None:
            many = "[]" if get_origin(field.annotation) is tuple else ""
            _walk(inner, f"{path}.{key}{many}".removeprefix("."), where)


def _head(what: str) -> tuple[str, str]:
    return f"| {what} | what it takes | if left out | what it does |", "| --- | --- | --- | --- |"


def _row(name: str, field: FieldInfo) -> str:
    cells = (f"`{name}`", takes(field), _default(field), field.description or "")
    return f"| {' | '.join(' '.join(cell.split()).replace('|', '&#124;') for cell in cells)} |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**needed**"
    value: object = field.default
    if isinstance(value, BaseModel):
        return "as below"
    if value is None or value in ("", ()):
        return "nothing"
    return f"`{plain(value)}`"


def takes(field: FieldInfo) -> str:
    """Return in words what a field takes."""
    kind = field.annotation
    if get_origin(kind) is Literal:
        return ", ".join(f"`{plain(option)}`" for option in get_args(kind))
    if get_origin(kind) is tuple:
        most = _limit(field, "max_length")
        return "a list" + (f", at most {most} entries" if most else "")
    if inner_model(kind) is not None:
        return "a mapping"
    if kind is bool:
        return "`true`, `false`"
    if kind is int:
        low, high = _limit(field, "ge"), _limit(field, "le")
        return f"{low} to {high}" if high is not None else f"{low} or more"
    if kind is timedelta:
        return "a duration: `90 s`, `5 min`, `1 h`, `1 d`, `2 w`"
    if kind is Path:
        return "a path"
    return _text(field)


def _text(field: FieldInfo) -> str:
    most = _limit(field, "max_length")
    pattern = next((one.pattern for one in field.metadata if isinstance(one, StringConstraints)), None)
    said = next((said for start, said in _SHAPES.items() if str(pattern).startswith(start)), "text")
    return f"{said}, at most {most} characters" if most else said


def _limit(field: FieldInfo, name: str) -> object:
    """Return a limit that stands beside a field's type, None if there is none."""
    return next((limit for one in field.metadata if (limit := getattr(one, name, None)) is not None), None)
