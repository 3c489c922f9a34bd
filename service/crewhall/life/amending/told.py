"""Shows the charter: one plain page of it, or a part as lines."""

from collections.abc import Iterable, Iterator
from typing import Final

import yaml
from pydantic import BaseModel

from crewhall.charter.model import Charter, Rung
from crewhall.charter.parts import FOUNDED, NoSuchPart, part
from crewhall.ground.groups import group
from crewhall.ground.hall import ANYONE, Hall
from crewhall.ground.ids import RoomKey, RungKey, UserId
from crewhall.ground.ruling import in_words
from crewhall.ground.talk import (
    Arguments,
    Asked,
    Decision,
    Outcome,
    PersonLink,
    Refusal,
    Reply,
    Say,
    Sentence,
    Verbatim,
)
from crewhall.life.amending.change import AMENDING
from crewhall.life.amending.verdict import deciders, proposers

SHOW: Final = "!charter [PART]"
_WIDE: Final = 44
_MOST: Final = 100


def show(hall: Hall, _asked: Asked, given: Arguments) -> Outcome:
    """Show the charter on a page; of a part, what stands there."""
    if not given.words:
        return Decision(says=(Say(Reply(), _page(hall)),))
    path = ".".join(word.strip(".,:;").casefold() for word in given.words)
    try:
        found = part(hall.charter, path)
    except NoSuchPart as wrong:
        return Refusal(Sentence("amend-unknown", {"what": str(wrong)}))
    lines = tuple(_lines(path, found))
    if len(lines) > _MOST:
        lines = (*lines[:_MOST], "…")
    unset = _unset(found)
    if not unset:
        text = Sentence("amend-part", {"lines": Verbatim(lines)})
    else:
        text = Sentence("amend-part-unset", {"lines": Verbatim(lines), "keys": unset})
    return Decision(says=(Say(Reply(), text),))


def me(hall: Hall, person: UserId) -> Iterable[Sentence]:
    """Return that a change waits for somebody's word."""
    change = AMENDING.of(hall).open
    if change is not None and person in change.round.entitled and person not in change.round.said:
        until = change.round.closes
        yield Sentence(
            "me-change", {"community": hall.charter.name, "by": PersonLink(change.by), "until": until}
        )


def why(hall: Hall, _person: UserId, place: RoomKey) -> Iterable[Sentence]:
    """Return that the charter no longer has a room, and since when."""
    gone = AMENDING.of(hall).gone.get(place)
    if gone is not None:
        yield Sentence(
            "why-dropped", {"room": gone.name, "community": hall.charter.name, "since": gone.since}
        )


def _page(hall: Hall) -> Sentence:
    charter = hall.charter
    lines = (*_ways(hall), *_terms(charter), *_changing(hall))
    parts = tuple(name for name in Charter.model_fields if name not in FOUNDED)
    if charter.purpose:
        head = Sentence("amend-page-head", {"community": charter.name, "purpose": charter.purpose})
    else:
        head = Sentence("amend-page-bare", {"community": charter.name})
    return Sentence("amend-page", {"head": head, "lines": lines, "parts": parts})


def _ways(hall: Hall) -> Iterator[Sentence]:
    """Yield how one comes in, and each rung with what is asked and how one comes on to it."""
    charter = hall.charter
    if charter.door.rule is not None:
        yield from in_words(hall, ANYONE, charter.door.rule)
    else:
        match charter.door.join:
            case "invite":
                yield Sentence("amend-page-invited", {"community": charter.name})
            case "knock":
                yield Sentence("amend-page-knock", {"community": charter.name})
            case "public":
                yield Sentence("amend-page-public", {"community": charter.name})
    for rung in charter.rungs:
        yield _rung(rung)
        if rung.door is not None:
            yield from in_words(hall, RungKey(rung.key), rung.door)
        else:
            yield Sentence("amend-page-by-hand", {"rung": rung.name})


def _rung(rung: Rung) -> Sentence:
    """Return what is asked, which says what opens too; without it, which rooms open."""
    if rung.asks:
        return Sentence("amend-page-rung", {"rung": rung.name, "asks": rung.asks})
    if rung.rooms:
        rooms = tuple(room.name for room in rung.rooms)
        return Sentence("amend-page-rung-opens", {"rung": rung.name, "rooms": rooms})
    return Sentence("amend-page-rung-plain", {"rung": rung.name})


def _terms(charter: Charter) -> Iterator[Sentence]:
    for hat in charter.hats:
        if hat.about:
            yield Sentence("amend-page-hat", {"hat": hat.name, "about": hat.about, "months": hat.term_months})
        else:
            yield Sentence("amend-page-hat-plain", {"hat": hat.name, "months": hat.term_months})
    if (renewal := charter.renewal) is not None:
        yield Sentence("amend-page-renewal", {"first": renewal.first_months, "then": renewal.then_months})
    if (seasons := charter.seasons) is not None:
        yield Sentence("amend-page-seasons", {"starts": seasons.starts})


def _changing(hall: Hall) -> Iterator[Sentence]:
    rule, known = hall.charter.changes, AMENDING.of(hall)
    who, of = group(hall, proposers(hall)), group(hall, deciders(hall))
    yield Sentence("amend-page-changes", {"who": who, "of": of, "others": rule.others, "days": rule.days})
    if known.at is None:
        yield Sentence("amend-page-founded", {"since": hall.founded})
    elif known.by is None:
        yield Sentence("amend-page-since", {"since": known.at})
    else:
        yield Sentence("amend-page-since-by", {"since": known.at, "by": PersonLink(known.by)})


def _lines(path: str, found: object) -> Iterator[str]:
    """Yield a part as a file would say it; of what is listed in it, the keys."""
    name = path.rpartition(".")[2]
    if isinstance(found, tuple) and any(isinstance(one, BaseModel) for one in found):
        yield f"{name}:"
        yield from (f"  {getattr(one, 'key', '')}: {getattr(one, 'name', '')}" for one in found)
        return
    told = yaml.safe_dump({name: _plain(found)}, sort_keys=False, allow_unicode=True, width=_WIDE)
    yield from told.rstrip("\n").splitlines()


def _plain(value: object) -> object:
    """Return a value without what is empty."""
    match value:
        case BaseModel():
            held = {name: getattr(value, name) for name in type(value).model_fields}
            return {name: _plain(one) for name, one in held.items() if one not in (None, "", ())}
        case tuple() if any(isinstance(one, BaseModel) for one in value):
            return [str(getattr(one, "key", "")) for one in value]
        case tuple():
            return [_plain(one) for one in value]
        case bool() | int() | str() | None:
            return value
        case _:
            return str(value)


def _unset(found: object) -> tuple[str, ...]:
    """Return the keys of a part at which nothing stands."""
    if not isinstance(found, BaseModel):
        return ()
    return tuple(name for name in type(found).model_fields if getattr(found, name) in (None, "", ()))
