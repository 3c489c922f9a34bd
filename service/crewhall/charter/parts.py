"""A charter's parts by their paths, such as `rungs.friends.door.consent.days`: read, set, added, taken out.

A path is keys with dots between them; what stands in a list is named by its own key. A change ends in a whole
charter that is as sound as one read from a file, or in sentences that say what is wrong. Pure.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Final, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from crewhall.charter.amiss import amiss, inner_model, unknown
from crewhall.charter.faults import Path
from crewhall.charter.model import Charter
from crewhall.charter.paper import read_paper
from crewhall.charter.sense import nonsense

Act = Literal["set", "unset", "add", "drop"]
FOUNDED: Final = ("charter", "key", "room_version", "federate", "founders")
"""What is fixed when a community is founded."""

_Kind = Literal["text", "number", "truth", "list", "keyed", "part"]
_Data: TypeAlias = dict[str, object]
_TRUTHS = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
_NUMBER = re.compile(r"[+-]?\d{1,15}\Z")


@dataclass(frozen=True, slots=True)
class Clause:
    """One change: `value` is what is set, ``KEY as NAME`` for what is added to a list of keyed things."""

    act: Act
    path: str
    value: str = ""


class NoSuchPart(Exception):
    """A path leads nowhere, or may not be changed; the text says why and names what is near."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place in a charter's data: what is around it, its key or number there, and what may stand in it.

    `usual` is what holds where nothing is written.
    """

    around: _Data | list[object]
    at: str | int
    hint: object
    usual: object = None

    def get(self) -> object:
        if isinstance(self.around, list):
            return self.around[int(self.at)]
        return self.around.get(str(self.at))

    def entries(self) -> list[object]:
        held = self.get()
        usual = self.usual if isinstance(self.usual, tuple) else ()
        return list(held) if isinstance(held, list) else list(usual)

    def put(self, value: object) -> None:
        if isinstance(self.around, dict):
            self.around[str(self.at)] = value


def changed(charter: Charter, clauses: Iterable[Clause]) -> Charter | tuple[str, ...]:
    """Return the charter after these changes, or what is wrong with them, a sentence each."""
    data, asked = charter.model_dump(mode="json", exclude_defaults=True), tuple(clauses)
    try:
        for clause in asked:
            _change(data, clause)
        new = Charter.model_validate_json(json.dumps(data), strict=True)
    except NoSuchPart as wrong:
        return (str(wrong),)
    except ValidationError as error:
        return _located(data, asked, amiss(error, Charter))
    return _located(data, asked, nonsense(new)) or new


def part(charter: Charter, path: str) -> object:
    """Return what stands at a path: a part, a tuple or a plain value. Raises `NoSuchPart`."""
    here: object = charter
    for word in _words(path):
        if isinstance(here, BaseModel):
            if word not in type(here).model_fields:
                raise NoSuchPart(unknown(word, type(here).model_fields))
            here = getattr(here, word)
        elif isinstance(here, tuple) and all(isinstance(one, BaseModel) for one in here):
            entries = {str(getattr(one, "key", "")): one for one in here}
            if word not in entries:
                raise NoSuchPart(unknown(word, entries))
            here = entries[word]
        else:
            raise NoSuchPart(f"Nothing stands below `{path.rpartition('.')[0]}`.")
    return here


def _located(data: _Data, asked: Iterable[Clause], faults: Iterable[tuple[Path, str]]) -> tuple[str, ...]:
    """Return what is wrong, and where unless that is just what was to be changed: there are no lines here."""
    told = {clause.path.casefold() for clause in asked}
    found = ((_path(data, path), sentence) for path, sentence in faults)
    return tuple(sentence if path in told else f"At `{path}`: {sentence}" for path, sentence in found)


def _path(data: object, path: Path) -> str:
    """Return a path as people say it here: what stands in a list by its key."""
    words: list[str] = []
    for step in path:
        if isinstance(step, int):
            data = data[step] if isinstance(data, list) and step < len(data) else None
            words.append(str(data.get("key", step + 1)) if isinstance(data, dict) else str(step + 1))
        else:
            data = data.get(step) if isinstance(data, dict) else None
            words.append(step)
    return ".".join(words)


def _change(data: _Data, clause: Clause) -> None:
    spot = _find(data, clause.path, make=clause.act in {"set", "add"} or bool(clause.value))
    if spot is None:
        return  # not there, so there is nothing to take away
    match clause.act:
        case "set":
            _set(spot, clause)
        case "add":
            _add(spot, clause)
        case _ if isinstance(spot.around, list):
            del spot.around[int(spot.at)]
        case "drop" if clause.value:
            _drop(spot, clause)
        case _:
            spot.around.pop(str(spot.at), None)


def _find(data: _Data, path: str, *, make: bool) -> _Spot | None:
    """Return the place at a path; None if nothing stands there and nothing is to be made."""
    words = _words(path)
    if words[0] in FOUNDED:
        raise NoSuchPart(f"`{words[0]}` is fixed when a community is founded.")
    here: _Data | list[object] = data
    hint: object = Charter
    for n, word in enumerate(words):
        last = n == len(words) - 1
        spot = _in_list(here, word, hint) if isinstance(here, list) else _in_part(here, word, hint, path)
        if last:
            return spot
        if (kind := _kind(spot.hint)) not in {"keyed", "part"}:
            raise NoSuchPart(f"Nothing stands below `{'.'.join(words[: n + 1])}`.")
        below = spot.get()
        if isinstance(below, (dict, list)):
            here = below
        elif make:
            here = [] if kind == "keyed" else {}
            spot.put(here)
        else:
            return None
        hint = inner_model(spot.hint)
    return None


def _in_part(here: _Data, word: str, hint: object, path: str) -> _Spot:
    model = inner_model(hint)
    fields = model.model_fields if model is not None else {}
    if word not in fields:
        known = tuple(fields) if model is not Charter else tuple(key for key in fields if key not in FOUNDED)
        raise NoSuchPart(unknown(word, known))
    if word == "key":
        raise NoSuchPart(f"`{path}` cannot change: keys are in the addresses of rooms. Names can change.")
    return _Spot(here, word, fields[word].annotation, fields[word].get_default())


def _in_list(here: list[object], word: str, hint: object) -> _Spot:
    keys = _keys(here)
    if word not in keys:
        raise NoSuchPart(unknown(word, keys))
    return _Spot(here, keys.index(word), hint)


def _keys(entries: Iterable[object]) -> list[str]:
    return [str(entry.get("key")) for entry in entries if isinstance(entry, dict)]


def _set(spot: _Spot, clause: Clause) -> None:
    if isinstance(spot.around, list) or _kind(spot.hint) == "keyed":
        raise NoSuchPart(f"`{clause.path}` holds several things: set them one by one.")
    if _kind(spot.hint) != "part":
        spot.put(_meant(clause.value, spot.hint))
        return
    paper = read_paper(clause.value, clause.path)
    model = inner_model(spot.hint)
    if paper.faults or not isinstance(paper.value, dict) or model is None:
        raise NoSuchPart(
            f"`{clause.path}` holds several values: set one, such as `{_example(clause, model)}`."
        )
    if any(_kind(field.annotation) == "keyed" for field in model.model_fields.values()):
        raise NoSuchPart(f"`{clause.path}` holds several things: set them one by one.")
    before = spot.get()
    spot.put({**(before if isinstance(before, dict) else {}), **paper.value})


def _example(clause: Clause, model: type[BaseModel] | None) -> str:
    return f"{clause.path}.{next(iter(model.model_fields), '') if model is not None else ''}"


def _add(spot: _Spot, clause: Clause) -> None:
    kind, entries = _kind(spot.hint), spot.entries()
    if isinstance(spot.around, list) or kind not in {"list", "keyed"}:
        raise NoSuchPart(f"`{clause.path}` is no list: nothing can be added to it, but it can be set.")
    spot.put(entries)
    if kind == "list":
        added = _meant(clause.value, spot.hint)
        entries += [one for one in added if one not in entries] if isinstance(added, list) else []
        return
    key, name, before = _named(clause, _keys(entries))
    if key in _keys(entries):
        raise NoSuchPart(f"`{clause.path}.{key}` is there already: choose another key.")
    entry: object = {"key": key, "name": name}
    entries.insert(_keys(entries).index(before) if before else len(entries), entry)


def _named(clause: Clause, keys: Iterable[str]) -> tuple[str, str, str]:
    """Return key, name and what it stands before, of ``KEY as NAME [before KEY]``."""
    words = clause.value.split()
    if len(words) < 3 or words[1].casefold() != "as":  # noqa: PLR2004 - KEY as NAME
        raise NoSuchPart(f"Say its key and its name: `add {clause.path} KEY as NAME`.")
    before = words[-1].casefold() if words[-2].casefold() == "before" and words[-1].casefold() in keys else ""
    return words[0].casefold(), " ".join(words[2:-2] if before else words[2:]), before


def _drop(spot: _Spot, clause: Clause) -> None:
    if _kind(spot.hint) != "list":
        raise NoSuchPart(f"`{clause.path}` is no list: it can be set or unset.")
    entries, gone = spot.entries(), _meant(clause.value, spot.hint)
    missing = [one for one in gone if one not in entries] if isinstance(gone, list) else []
    if missing:
        raise NoSuchPart(f"`{clause.path}` does not hold {missing[0]!r}.")
    spot.put([one for one in entries if isinstance(gone, list) and one not in gone])


def _meant(text: str, hint: object) -> object:
    """Return what somebody meant by a plain text where such a value stands; what does not fit stays text."""
    match _kind(hint):
        case "truth":
            return _TRUTHS.get(text.casefold(), text)
        case "number":
            return int(text) if _NUMBER.match(text) else text
        case "list":
            inner = next(iter(get_args(_bare(hint))), str)
            parts = (one.strip() for one in text.strip().removeprefix("[").removesuffix("]").split(","))
            return [_meant(one, inner) for one in parts if one]
        case _:
            return text


def _kind(hint: object) -> _Kind:
    bare = _bare(hint)
    if get_origin(bare) is tuple:
        return "keyed" if inner_model(bare) is not None else "list"
    if inner_model(bare) is not None:
        return "part"
    if bare is bool:
        return "truth"
    return "number" if bare is int else "text"


def _bare(hint: object) -> object:
    """Return an annotation without its conditions, and without the None that it may be."""
    origin = get_origin(hint)
    if origin is Annotated:
        return _bare(get_args(hint)[0])
    if origin in {Union, UnionType}:
        return _bare(next(one for one in get_args(hint) if one is not type(None)))
    return hint


def _words(path: str) -> list[str]:
    return path.casefold().split(".")
