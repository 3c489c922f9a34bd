"""Decides whether and how an operator founds a community in chat: ``!found NAME [as CHARTER]``."""

from collections.abc import Mapping

from pydantic import ValidationError

from crewhall.charter.model import Charter
from crewhall.ground import ids, names
from crewhall.ground.facts import HOUSE, Stream, Writing
from crewhall.ground.hall import House
from crewhall.ground.ids import CommunityKey, UserId
from crewhall.ground.talk import (
    Arguments,
    Asked,
    Decision,
    Outcome,
    Refusal,
    Reply,
    RoomLink,
    Say,
    Sentence,
    Usage,
)
from crewhall.life.community.facts import Founded

USAGE = "!found NAME [as CHARTER]"
_RESERVED = frozenset({HOUSE, "chat", "service"})
_LONGEST = 40  # leaves room for it in the names of rungs
_FIRST_CHOICE = "friends"


def found(house: House, asked: Asked, given: Arguments) -> Outcome:
    """Found a community from a charter on the shelf; who asks becomes its founder and holds its key."""
    if not asked.operator:
        return Refusal(Sentence("found-operators-only"))
    words, kind = _split(given.words)
    name = names.spoken(" ".join(words))
    if not name or given.people:
        return Usage(USAGE)
    if len(name) > _LONGEST or names.nameless(name):
        return Refusal(Sentence("found-name-unfit", {"most": _LONGEST}))
    own = next((c for c in house.shelf.values() if name in {c.name, c.key}), None)
    template = own if own is not None and not kind else _template(house.shelf, kind)
    if template is None:
        return Refusal(Sentence("found-which-charter", {"charters": tuple(sorted(house.shelf))}))
    charter = template if template is own else _renamed(template, name)
    if charter is None:
        return Refusal(Sentence("found-name-unfit", {"most": _LONGEST}))
    if _taken(house, charter):
        return Refusal(Sentence("found-name-taken", {"name": charter.name}))
    return _founded(asked, charter)


def _founded(asked: Asked, charter: Charter) -> Decision:
    founders = tuple(UserId(p) for p in dict.fromkeys((asked.person, *charter.founders)))
    key = CommunityKey(charter.key)
    fact = Founded(charter.model_copy(update={"founders": ()}), founders, asked.person)
    link = RoomLink(ids.root(key), charter.name)
    said = Sentence("found-done", {"community": link})
    return Decision(
        facts=(Writing(Stream(key), fact, expected=0),),
        says=(Say(Reply(), said, after=ids.root(key)),),
        ack="✅",
    )


def _split(words: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Return the words of the name, and the charter's name if one was given after ``as``."""
    if len(words) > 2 and words[-2].casefold() == "as":  # noqa: PLR2004 - NAME as CHARTER
        return words[:-2], words[-1].casefold()
    return words, ""


def _template(shelf: Mapping[str, Charter], kind: str) -> Charter | None:
    if kind:
        return shelf.get(kind)
    return shelf.get(_FIRST_CHOICE) or next((shelf[name] for name in sorted(shelf)), None)


def _renamed(template: Charter, name: str) -> Charter | None:
    """Return the charter under another name, in its rungs' names too; None if it does not fit."""
    key = names.slug(name)
    told = _replaced(template.model_dump(), template.name, name)
    if not isinstance(told, dict):
        return None
    try:
        return Charter.model_validate(
            {**told, "key": f"{key}-hall" if key in _RESERVED else key, "founders": ()}
        )
    except ValidationError:
        return None


def _replaced(value: object, old: str, new: str) -> object:
    """Return a charter's data with the community's name replaced; existing rooms are adopted only once."""
    match value:
        case dict():
            kept = {k: v if k == "key" else _replaced(v, old, new) for k, v in value.items()}
            return kept | {"adopt": ""} if "adopt" in kept else kept
        case list() | tuple():
            return [_replaced(item, old, new) for item in value]
        case str():
            return value.replace(old, new)
        case _:
            return value


def _taken(house: House, charter: Charter) -> bool:
    same = names.looks(charter.name)
    return charter.key in house.versions or any(  # one that retired keeps its key
        names.looks(hall.charter.name) == same for hall in house.halls.values()
    )
