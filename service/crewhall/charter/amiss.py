"""Says in a sentence what a validation found amiss, and names the nearest word that would have been known."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import get_args

from pydantic import BaseModel, SecretStr, ValidationError

from crewhall.charter.faults import Path

_LONGEST = 40
_NEAR = 0.5

_WANTED = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "tuple": "a list: lines that begin with `- `, or [ ]",
    "list": "a list: lines that begin with `- `, or [ ]",
    "model": "a mapping: indented lines of `key: value`",
    "dict": "a mapping: indented lines of `key: value`",
    "path": "a path in quotes",
    "time": "a duration with its unit, such as 1 h",
}
_SHAPES = {
    "^[a-z0-9]+": "may hold small letters, digits and single hyphens between them, such as rain-garden",
    "^(mxc": "must be a picture's address on a homeserver, such as mxc://example.org/abc",
    "^@": 'must be a whole Matrix name in quotes, such as "@you:example.org"',
}


def amiss(error: ValidationError, model: type[BaseModel]) -> Iterator[tuple[Path, str]]:
    """Return path and sentence of each error."""
    for one in error.errors(include_url=False):
        path = one["loc"]
        if one["type"] != "missing" and _is_secret(model, path):
            yield path, f"{name_of(path)} must be text in quotes."
            continue
        yield path, _sentence(model, path, one["type"], one["input"], one.get("ctx", {})) or one["msg"]


def _sentence(  # noqa: C901, PLR0912 - a table of kinds
    model: type[BaseModel], path: Path, kind: str, given: object, context: Mapping[str, object]
) -> str:
    """Return what is wrong with one value, and what to write instead; "" if that is not known."""
    match kind:
        case "value_error":
            said = str(context.get("error"))
        case "missing":
            said = f"is missing. {described(model, path)}".rstrip()
        case "extra_forbidden":
            return unknown(str(path[-1]), known_at(model, path[:-1]))
        case "literal_error":
            said = _one_of(str(context.get("expected")), given)
        case "string_pattern_mismatch":
            pattern = str(context.get("pattern"))
            shape = next(
                (s for start, s in _SHAPES.items() if pattern.startswith(start)), f"must match {pattern}"
            )
            said = f"{shape}, not {shown(given)}."
        case "string_too_long":
            said = f"has {len(str(given))} characters; at most {context.get('max_length')} fit."
        case "string_too_short":
            said = "is empty: write something, or leave it out if it may be left out."
        case "too_long":
            said = f"has {context.get('actual_length')} entries; at most {context.get('max_length')} fit."
        case "greater_than_equal":
            said = f"must be at least {context.get('ge')}, not {shown(given)}."
        case "greater_than":
            said = f"must be more than {context.get('gt')}, not {shown(given)}."
        case "less_than_equal":
            said = f"must be at most {context.get('le')}, not {shown(given)}."
        case _:
            wanted = _WANTED.get(kind.partition("_")[0])
            if wanted is None:
                return ""
            said = f"must be {wanted}, not {shown(given)}."
            if kind == "string_type" and isinstance(given, (bool, int, float)):
                said = f"must be text, not {shown(given)}: put it in quotes."
    return f"{name_of(path)} {said}"


def name_of(path: Path) -> str:
    """Return how a value is called in a sentence."""
    if not path:
        return "The file"
    last = path[-1]
    if isinstance(last, str):
        return f"`{last}`"
    return f"Entry {last + 1} of `{path[-2]}`" if len(path) > 1 else f"Entry {last + 1}"


def unknown(word: str, known: Iterable[str], kind: str = "key") -> str:
    """Return the sentence for a word that nobody knows; `kind` is what it should have been."""
    names = sorted(known)
    near = get_close_matches(word, names, 1, _NEAR)
    if near:
        return f"`{word}` is not known here: the nearest known {kind} is `{near[0]}`."
    if not names:
        return f"`{word}` is not known here: remove it."
    return f"`{word}` is not known here: the {kind}s are {', '.join(names)}."


def twice(keys: Iterable[tuple[Path, str]], kind: str) -> Iterator[tuple[Path, str]]:
    """Return path and sentence of each key that stands there before."""
    seen: set[str] = set()
    for path, key in keys:
        if key in seen:
            yield path, f"`{key}` is already the key of another {kind}: give this one its own."
        seen.add(key)


def known_at(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    """Return the keys that a mapping at this path may have."""
    found = model_at(model, path)
    return tuple(found.model_fields) if found is not None else ()


def model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """Return the model of the part at this path, None if none stands there."""
    here: type[BaseModel] | None = model
    for key in path:
        if isinstance(key, int):
            continue
        if here is None or key not in here.model_fields:
            return None
        here = inner_model(here.model_fields[key].annotation)
    return here


def inner_model(annotation: object) -> type[BaseModel] | None:
    """Return the model that an annotation is about, such as that of a tuple's members."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for part in get_args(annotation) if (m := inner_model(part)) is not None), None)


def _is_secret(model: type[BaseModel], path: Path) -> bool:
    around, key = model_at(model, path[:-1]), path[-1] if path else ""
    if around is None or key not in around.model_fields:
        return False
    kind = around.model_fields[str(key)].annotation
    return kind is SecretStr or SecretStr in get_args(kind)


def described(model: type[BaseModel], path: Path) -> str:
    """Return what a field's documentation says."""
    around, key = model_at(model, path[:-1]), path[-1]
    if around is None or not isinstance(key, str) or key not in around.model_fields:
        return ""
    return around.model_fields[key].description or ""


def shown(value: object) -> str:
    """Return a value as it can stand in a sentence."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case str():
            return repr(value if len(value) <= _LONGEST else value[:_LONGEST] + "…")
        case _:
            return str(value)[:_LONGEST]


def _one_of(expected: str, given: object) -> str:
    if isinstance(given, (int, float)) and f"'{given}'" in expected:
        return f'must be text: write "{given}" in quotes.'
    return f"must be {expected}, not {shown(given)}."
