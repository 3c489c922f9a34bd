"""The shape of a room of the house: what each capability offers, entered in one place.

A capability is a package below `crewhall.life` whose ``__init__`` exposes ``capability``. It imports
the ground and the charter, never another capability; `crewhall.house` plugs it in with one line.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from crewhall.ground.ailment import Ailment
from crewhall.ground.facts import Fact, Recorded
from crewhall.ground.hall import Hall, House
from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.matter import Matter
from crewhall.ground.rooms import RoomWish
from crewhall.ground.talk import (
    Answer,
    Arguments,
    Asked,
    Decision,
    Gesture,
    Invitation,
    Outcome,
    Sentence,
)


@dataclass(frozen=True, slots=True)
class Going:
    """Somebody gives up everything they have in a community, because they want to be forgotten."""

    person: UserId
    cause: str
    at: datetime
    me: UserId


@dataclass(frozen=True, slots=True)
class Verb:
    """A command. `words` are what it starts with after the ``!``; `usage` is its one line.

    `topic` is the help topic it stands under, `about` the one-line sentence that explains it.
    Exactly one of `run` (in one community) and `run_house` (none needed) is given. `operators`: only they
    may use it, so that others are not bothered with it. `called`: strangers may say it, too, while one of the
    community's crews calls people of sisters.
    """

    words: tuple[str, ...]
    usage: str
    topic: str
    about: str
    run: Callable[[Hall, Asked, Arguments], Outcome] | None = None
    run_house: Callable[[House, Asked, Arguments], Outcome] | None = None
    operators: bool = False
    called: bool = False


def _no_beginning(_recorded: Recorded) -> Hall | None:
    return None


def _nothing_decided(_hall: Hall, _what: object) -> Decision | None:
    return None


def _nothing_due(_hall: Hall, _now: datetime) -> Iterable[tuple[str, Decision]]:
    return ()


def _no_wish(_hall: Hall, _key: RoomKey) -> RoomWish | None:
    return None


def _no_rooms(_hall: Hall) -> Iterable[RoomKey]:
    return ()


def _nothing_touched(_hall: Hall, _recorded: Recorded) -> Iterable[RoomKey]:
    return ()


def _nothing_said(_hall: Hall, _person: UserId) -> Iterable[Sentence]:
    return ()


def _no_why(_hall: Hall, _person: UserId, _place: RoomKey) -> Iterable[Sentence]:
    return ()


def _nothing_ails(_hall: Hall, _now: datetime) -> Iterable[Ailment]:
    return ()


def _no_business(_house: House, _invitation: Invitation) -> Decision | None:
    return None


def _nothing_left(_hall: Hall, _going: "Going") -> Decision | None:
    return None


def _no_withdrawal(_hall: Hall, _taken_back: Recorded, _gesture: Asked) -> Decision | None:
    return None


@dataclass(frozen=True, slots=True)
class Capability:
    """What a capability offers. All functions are pure; all of them may be left out.

    begin       the hall that a record founds, None for any other record
    evolve      fold a record into the hall (only own facts; others pass through)
    gesture     a membership in a managed room changed (may be told twice, late, or from a look)
    answer      a reaction to one of the capability's cards (kinds start with ``name.``)
    withdraw    the event that caused this record was redacted by its sender
    invited     the keeper was asked into a strange room: a decision to go there; otherwise it declines
    tick        what time has made due: (cause, decision) pairs; the cause makes it happen once
    leaves      give up what somebody has who wants to be forgotten; asked again until nothing is left
    rooms       keys of all rooms it wants now
    wish        a room as it should be, None if the room is not this capability's
    touched     rooms that may have to change after this record (hall: already evolved)
    me          sentences on where a person stands, for ``!me``
    why         sentences on why a person can or cannot be in a room, for ``!why``
    matters     facts that count only while something is open, and go some time after that
    lasting     what the part still holds once those are gone, to be compared; the whole part if left out
    ails        what is amiss and what to do, for ``!doctor``; counts and rooms, never words about a person
    """

    name: str
    facts: tuple[type[Fact], ...] = ()
    verbs: tuple[Verb, ...] = ()
    begin: Callable[[Recorded], Hall | None] = _no_beginning
    evolve: Callable[[Hall, Recorded], Hall] = lambda hall, _recorded: hall
    gesture: Callable[[Hall, Gesture], Decision | None] = _nothing_decided
    answer: Callable[[Hall, Answer], Decision | None] = _nothing_decided
    withdraw: Callable[[Hall, Recorded, Asked], Decision | None] = _no_withdrawal
    invited: Callable[[House, Invitation], Decision | None] = _no_business
    tick: Callable[[Hall, datetime], Iterable[tuple[str, Decision]]] = _nothing_due
    leaves: Callable[[Hall, Going], Decision | None] = _nothing_left
    rooms: Callable[[Hall], Iterable[RoomKey]] = _no_rooms
    wish: Callable[[Hall, RoomKey], RoomWish | None] = _no_wish
    touched: Callable[[Hall, Recorded], Iterable[RoomKey]] = _nothing_touched
    me: Callable[[Hall, UserId], Iterable[Sentence]] = _nothing_said
    why: Callable[[Hall, UserId, RoomKey], Iterable[Sentence]] = _no_why
    ails: Callable[[Hall, datetime], Iterable[Ailment]] = _nothing_ails
    matters: tuple[Matter, ...] = ()
    lasting: Callable[[Hall, datetime], object] | None = None
