"""Writes what waits to be said as JSON and reads it back, persons as tokens (see `crewhall.adapters.codec`).

=================  ==========================================
Python             JSON
=================  ==========================================
text, number       itself
a user id          ``{"who": token}``
an instant         ``{"at": ISO 8601}``
`RoomLink`         ``{"room": [key, name]}``
`PersonLink`       ``{"person": token}``
`Verbatim`         ``{"lines": [...]}``
a tuple            ``{"list": [...]}``
`Sentence`         ``{"say": id, "with": {...}}``
=================  ==========================================
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import cast

from crewhall.adapters.codec import Swap, compact, newer
from crewhall.ground import ids
from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.talk import (
    Card,
    PersonLink,
    Reply,
    RoomLink,
    Say,
    Sentence,
    ToPerson,
    ToRoom,
    Value,
    Verbatim,
)


def write_say(say: Say, token: Swap) -> str:
    """Return the saying without its card, which outlives it."""
    body: dict[str, object] = {"to": _write_target(say.to, token), "text": _write(say.text, token)}
    if say.must:
        body["must"] = True
    if say.after is not None:
        body["after"] = say.after
    return compact(body)


def read_say(text: str, card: Card | None, person: Swap) -> Say:
    """Return the saying; raise `Misconfigured` if this Crewhall is too old for it."""
    match json.loads(text):
        case {"to": dict(to), "text": dict(sentence), **rest} if rest.keys() <= {"must", "after"}:
            after = rest.get("after")
            return Say(
                to=_read_target(to, person),
                text=cast("Sentence", _read(sentence, person)),
                must=bool(rest.get("must")),
                after=None if after is None else RoomKey(cast("str", after)),
                card=card,
            )
        case _:
            raise newer("something to say in a new way")


def write_choices(card: Card) -> str:
    """Return the choices of a card."""
    return compact(card.choices)


def read_card(kind: str, subject: str, choices: str) -> Card:
    """Return a card from its parts."""
    return Card(kind, subject, tuple(json.loads(choices)))


def _write_target(to: Reply | ToPerson | ToRoom, token: Swap) -> dict[str, str]:
    match to:
        case Reply():
            return {}
        case ToPerson(person=person):
            return {"person": token(person)}
        case ToRoom(key=key):
            return {"room": key}


def _read_target(to: Mapping[str, object], person: Swap) -> Reply | ToPerson | ToRoom:
    match to:
        case {"person": str(who)}:
            return ToPerson(UserId(person(who)))
        case {"room": str(key)}:
            return ToRoom(RoomKey(key))
        case _ if not to:
            return Reply()
        case _:
            raise newer("something to say to a new kind of place")


def _write(value: Value, token: Swap) -> object:
    match value:
        case Sentence(id=name, args=args):
            return {"say": name, "with": {key: _write(arg, token) for key, arg in args.items()}}
        case RoomLink(key=key, name=name):
            return {"room": [key, name]}
        case PersonLink(person=person):
            return {"person": token(person)}
        case Verbatim(lines=lines):
            return {"lines": list(lines)}
        case datetime():
            return {"at": value.isoformat()}
        case tuple():
            return {"list": [_write(one, token) for one in value]}
        case str() if _is_person(value):
            return {"who": token(value)}
        case _:
            return value


def _read(value: object, person: Swap) -> Value:
    match value:
        case str() | int():
            return value
        case {"say": str(name), "with": dict(args)}:
            return Sentence(name, {key: _read(arg, person) for key, arg in args.items()})
        case {"room": [str(key), str(name)]}:
            return RoomLink(RoomKey(key), name)
        case {"person": str(who)}:
            return PersonLink(UserId(person(who)))
        case {"at": str(at)}:
            return datetime.fromisoformat(at)
        case {"lines": list(lines)}:
            return Verbatim(tuple(lines))
        case {"list": list(many)}:
            return tuple(_read(one, person) for one in many)
        case {"who": str(who)}:
            return person(who)
        case _:
            raise newer("a sentence filled with something new")


def _is_person(text: str) -> bool:
    if not text.startswith("@"):
        return False
    try:
        ids.user(text)
    except ids.BadName:
        return False
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True
