"""What is known of recipes, notes and diaries: ours, what of them stands in letterboxes, theirs. Frozen."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from immutables import Map

from crewhall.door import Fact, Hall, Part, Stream, UserId, Writing, names
from crewhall_bridges.sister.bond import Link, is_closed
from crewhall_bridges.sister.recipes.facts import Page
from crewhall_bridges.sister.wire import Flow

MOST_OURS: Final = 40
"""Recipes that a community keeps, shared or not."""
MOST_NAMES: Final = 200
"""Names under which one community has ever shared: what is withdrawn stays stated as withdrawn."""
MOST_THEIRS: Final = 50
"""Recipes of one sister that are kept."""
MOST_NOTED: Final = 50
"""Recipes of one sister on which notes are sent."""
MONTHS: Final = 12
"""Months of a diary that are kept, ours and each sister's."""
LONGEST: Final = 80
"""Characters of a title, or of an author's name."""
LICENCE: Final = "CC-BY-SA-4.0"
"""Under which licence something is shared if nothing else is said."""
A_DAY: Final = timedelta(days=1)
Kind: TypeAlias = Literal["recipe", "note", "diary"]
Slot: TypeAlias = tuple[Kind, str]
"""A kind of statement and its state key."""


@dataclass(frozen=True, slots=True)
class Note:
    """How a recipe of ours went with a sister, in its words."""

    seq: int
    body: str


@dataclass(frozen=True, slots=True)
class Own:
    """A recipe of ours. `named` is who wishes to be named; `notes` are by the link; `tried` has noted ever.

    `edition` changes whenever what is stated of it does.
    """

    mark: str
    page: Page
    by: UserId
    edition: int
    shared: bool = False
    named: UserId | None = None
    notes: Map[str, Note] = field(default_factory=Map)
    tried: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Text:
    """A month of our diary, or a note of ours."""

    body: str
    edition: int


@dataclass(frozen=True, slots=True)
class Slip:
    """What stands in one slot of a letterbox of ours: its number, and which edition; 0 for withdrawn."""

    seq: int
    edition: int


@dataclass(frozen=True, slots=True)
class Got:
    """A recipe of a sister's."""

    mark: str
    seq: int
    page: Page
    tried: int


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a sister's diary."""

    seq: int
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """What one sister shares. `lately` tells when something new was taken, and how many characters.

    `shown` is the last month of its diary that was shown in a room.
    """

    recipes: Map[str, Got] = field(default_factory=Map)
    diary: Map[str, Month] = field(default_factory=Map)
    lately: tuple[tuple[datetime, int], ...] = ()
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """All of it. `sent` are our notes by link and recipe, `stated` what stands in each letterbox."""

    version: int = 0
    ours: Map[str, Own] = field(default_factory=Map)
    diary: Map[str, Text] = field(default_factory=Map)
    sent: Map[tuple[str, str], Text] = field(default_factory=Map)
    stated: Map[str, Map[Slot, Slip]] = field(default_factory=Map)
    theirs: Map[str, Shelf] = field(default_factory=Map)


BOOK = Part("sister-recipes", Book())


def stream_of(hall: Hall) -> Stream:
    """Return where a community's recipes, notes and diary are written."""
    return Stream(f"{hall.key}/recipes")


def writes(hall: Hall, *facts: Fact) -> tuple[Writing, ...]:
    """Return facts decided on what is known now; the first insists on it."""
    expected = BOOK.of(hall).version
    return tuple(Writing(stream_of(hall), fact, None if n else expected) for n, fact in enumerate(facts))


def gives(link: Link, flow: Flow, *, theirs: bool = False) -> bool:
    """Return whether we (or they) let the other read what flows here, by what both state.

    It does not look at the day: what stands in a letterbox stays there while a link rests, and nobody is
    shown it.
    """
    if link.terms is None or link.theirs is None or link.ours.ended or link.theirs.ended:
        return False
    giver = link.keeper if theirs else link.me
    shut = any(is_closed(side, (giver, flow), link.terms) for side in (link.ours, link.theirs))
    return flow in link.terms.opens(giver) and not shut


def author_of(own: Own) -> str:
    """Return the author as it is stated: a person only with their own yes."""
    both = f"{own.named}, {own.page.author}"
    return both if own.named is not None and len(both) <= LONGEST else own.page.author


def meant(recipes: Map[str, Own] | Map[str, Got], words: str) -> str | None:
    """Return the mark of the recipe that somebody means by its title or its mark."""
    said, looks = words.casefold(), names.looks(words)
    if said in recipes:
        return said
    titles = [mark for mark, one in recipes.items() if looks and names.looks(one.page.title) == looks]
    return titles[0] if len(titles) == 1 else None
