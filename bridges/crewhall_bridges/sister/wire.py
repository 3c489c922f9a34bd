"""Guards what comes in from a sister: models of all statements, their limits, and reading that never raises.

PROTOCOL.md beside this file is the whole of it in words; its schemas are generated from these models.
Events: Matrix specification v1.19, client-server API, "Size limits"; canonical JSON: appendices.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypeAlias, cast, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from crewhall.door import OURS, Content
from crewhall_bridges.sister.bounds import HIGHEST, beyond
from crewhall_bridges.sister.forms import (
    Body,
    Called,
    Day,
    Edition,
    Flows,
    Key,
    Month,
    Number,
    Page,
    Person,
    Proof,
    seen,
)

VERSION: Final = 1
"""Version of what is stated. Newer ones add keys and kinds; what a key means never changes."""
Kind = Literal["treaty", "introduction", "recipe", "diary", "note", "call"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
Flow = Literal["introductions", "guests", "crews", "recipes", "diary"]
FLOWS: Final[tuple[Flow, ...]] = get_args(Flow)
"""What may flow, as version 1 knows it. Who opens a flow is who gives."""
PREFIX: Final = f"{OURS}sister."
"""What the type of every statement begins with."""
LETTERBOX: Final = f"{PREFIX}letterbox"
"""The type of a letterbox, as a room. Those that were made before it was named have none."""

MOST_BYTES: Final[Mapping[Kind, int]] = {
    "treaty": 24_000,
    "introduction": 4_000,
    "recipe": 48_000,
    "diary": 16_000,
    "note": 4_000,
    "call": 4_000,
}
"""Bytes of a statement's content as canonical JSON."""


class Frame(BaseModel):
    """Parent of everything stated: frozen, and what it does not know is kept as it came."""

    model_config = ConfigDict(frozen=True, extra="allow", use_attribute_docstrings=True)


class Stated(Frame):
    """What every statement holds."""

    v: Number
    """Version of the protocol that the statement was written in."""
    seq: Number
    """Number of the statement in its slot: one more than the one before it."""


class Addressee(Frame):
    """To whom a letterbox speaks."""

    keeper: Person
    """The keeper who is to read."""
    community: Key | Literal[""] = ""
    """Which of its communities; empty if that is not known yet."""


class Offer(Frame):
    """What one community would agree to, of itself: its half of the next terms."""

    community: Key
    """Its key."""
    name: Called
    """Its name."""
    edition: Edition = 1
    """Which edition of the terms this is for."""
    flows: Flows = ()
    """What it would open towards the sister."""
    review: Day
    """When it would look at the link again."""
    agreements: Page = ""
    """Which agreements hold for guests here, in its own words."""


class Party(Frame):
    """One of the two communities."""

    community: Key
    """Its key."""
    name: Called
    """Its name."""


class Terms(Frame):
    """The one page that both agree to; it does not depend on whose letterbox it stands in."""

    edition: Edition = 1
    """Which edition: new terms have a higher one."""
    parties: Annotated[dict[Person, Party], Field(min_length=2, max_length=2)]
    """The two communities, by their keepers."""
    flows: Annotated[dict[Person, Flows], Field(max_length=2)] = {}
    """What each opens towards the other."""
    review: Day
    """When both look at it again."""
    agreements: Annotated[str, StringConstraints(max_length=9_000), AfterValidator(seen)] = ""
    """Which agreements hold for guests, on each side."""


class Treaty(Stated):
    """Where one community stands on its link with the sister. One slot: the state key is the sender's id."""

    to: Addressee
    """Whom it concerns."""
    offer: Offer
    """Its half of the terms that it would agree to."""
    agreed: Annotated[tuple[Terms, ...], Field(max_length=2)] = ()
    """Terms it says yes to; two while newer ones wait for the sister's yes."""
    contacts: Annotated[tuple[Person, ...], Field(max_length=2)] = ()
    """Who speaks for it."""
    closed: Annotated[
        dict[Person, Annotated[dict[Key, Edition], Field(max_length=20)]], Field(max_length=2)
    ] = {}
    """What it has closed, by who opens it; the number is the last edition of the terms in which it is."""
    until: Day
    """The last day on which its yes stands; after that its side rests."""
    ended: bool = Field(default=False, strict=True)
    """Whether it has ended the link."""
    last: Annotated[int, Field(strict=True, ge=0, le=HIGHEST)] = 0
    """The highest number it has read from the sister; stated only after it has read a lower one again."""


class Introduction(Stated):
    """What a community is willing to state of one of its own people, who carries it. State key: its mark."""

    to: Person
    """The keeper for whom it is."""
    proof: Proof
    """SHA-256 of the carried word, a newline and the person's id: it names nobody until it is handed over."""
    known_since: Month | None = None
    """Since when the community knows the person."""
    keeps_agreements: bool = Field(default=False, strict=True)
    """Whether the person keeps its agreements."""
    speaks: Annotated[tuple[Person, ...], Field(max_length=2)] = ()
    """Who speaks for the person, with their own yes."""
    until: Day
    """The last day on which it can be handed over."""
    taken_back: bool = Field(default=False, strict=True)
    """Whether it no longer holds."""


class Lineage(Frame):
    """Where a recipe comes from."""

    community: Called
    """Which community."""
    title: Called
    """What it is called there."""


class Recipe(Stated):
    """A copyable practice, charter or rule. State key: its mark."""

    kind: Key
    """What it is: `practice`, `charter` or `rule`."""
    title: Called
    """Its title."""
    author: Called
    """Who wrote it, as they wish to be named."""
    licence: Called
    """Under which licence it may be copied, such as `CC-BY-SA-4.0`."""
    lineage: Annotated[tuple[Lineage, ...], Field(max_length=20)] = ()
    """Where it comes from, the latest first."""
    tried_by: Annotated[int, Field(strict=True, ge=0, le=HIGHEST)] = 0
    """How many communities have told that they tried it."""
    body: Body
    """The recipe."""
    taken_back: bool = Field(default=False, strict=True)
    """Whether it is no longer shared; copies remain."""


class Diary(Stated):
    """What a community tried and learned in a month. State key: the month."""

    month: Month
    """Which month."""
    title: Called
    """Its title."""
    body: Body
    """What it says."""


class Note(Stated):
    """How a recipe of the sister's went here. State key: the recipe's mark."""

    recipe: Key
    """The recipe's mark in the sister's letterbox."""
    body: Page
    """How it went."""


class Call(Stated):
    """Seats offered to the sister's people, in a crew or a round that forms crews. State key: its mark."""

    to: Person
    """The keeper for whom it is."""
    name: Called
    """What the crew or the round is called."""
    about: Page = ""
    """What it is about."""
    agreements: Page | None = None
    """Which agreements hold in it."""
    seats: Annotated[int, Field(strict=True, ge=0, le=100)]
    """How many are free for the sister's people."""
    until: Day
    """The last day on which somebody can ask for one."""
    contact: Person
    """Whom to ask."""
    closed: bool = Field(default=False, strict=True)
    """Whether it is over."""


Statement: TypeAlias = Treaty | Introduction | Recipe | Diary | Note | Call
MODELS: Final[Mapping[Kind, type[Statement]]] = {
    "treaty": Treaty,
    "introduction": Introduction,
    "recipe": Recipe,
    "diary": Diary,
    "note": Note,
    "call": Call,
}


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A statement that cannot be used; `reason` says why, in a few words that are never the sender's own."""

    reason: str


def event_type(kind: Kind) -> str:
    """Return the type of the state events of a kind."""
    return PREFIX + kind


def kind_of(type_: str) -> Kind | None:
    """Return which kind of statement events of this type are, None if this version knows none."""
    kind = type_.removeprefix(PREFIX)
    return kind if type_.startswith(PREFIX) and kind in KINDS else None


def read(kind: Kind, content: object) -> Statement | Unreadable:
    """Return a statement as its model, or why it cannot be used. Never raises, whatever the content."""
    if (wrong := beyond(content, MOST_BYTES[kind])) is not None:
        return Unreadable(wrong)
    try:
        return MODELS[kind].model_validate(content)
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors()[0]["loc"][:2] if isinstance(step, str))
        known = where.partition(".")[0] in MODELS[kind].model_fields
        return Unreadable(f"bad-{where.partition('.')[0]}" if known else "bad-form")


def treaty(content: object) -> Treaty | Unreadable:
    """Return a statement on the treaty, or why it cannot be used."""
    found = read("treaty", content)
    return found if isinstance(found, Treaty | Unreadable) else Unreadable("bad-form")


def content_of(stated: Frame) -> Content:
    """Return a model as the content of an event; what is not set is left out."""
    return cast("Content", stated.model_dump(mode="json", exclude_none=True))
