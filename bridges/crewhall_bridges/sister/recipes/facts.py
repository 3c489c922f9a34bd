"""What is decided about recipes, notes and diaries, and read of sisters'. Stream: ``<community>/recipes``.

Texts in here are the community's, meant for others to copy: entitled people said them as such, and words of a
note count as the community's. Nothing that people wrote elsewhere is kept. `link` is a link's own name,
`mark` that of a recipe.
"""

from dataclasses import dataclass

from crewhall.door import Fact, UserId

Origins = tuple[tuple[str, str], ...]
"""Where a recipe comes from, the latest first: a community, and what the recipe is called there."""


@dataclass(frozen=True, slots=True)
class Page:
    """A recipe as it is written down: `author` as they wish to be named, `kind` such as ``practice``."""

    kind: str
    title: str
    author: str
    licence: str
    body: str
    lineage: Origins = ()


@dataclass(frozen=True, slots=True)
class RecipeShared(Fact):
    """Somebody entitled shares this with all sisters towards which recipes are open."""

    mark: str
    page: Page
    by: UserId


@dataclass(frozen=True, slots=True)
class RecipeAdopted(Fact):
    """Somebody entitled took over a sister's recipe, as a copy of our own; it is not shared by that."""

    mark: str
    page: Page
    by: UserId


@dataclass(frozen=True, slots=True)
class RecipeWithdrawn(Fact):
    """It is shared no longer; one that was not shared is not kept either."""

    mark: str
    by: UserId


@dataclass(frozen=True, slots=True)
class AuthorNamed(Fact):
    """Who shared it wishes to be named beside the community."""

    mark: str
    person: UserId


@dataclass(frozen=True, slots=True)
class AuthorUnnamed(Fact):
    """They are named no longer: they took that back, or have left."""

    mark: str
    person: UserId


@dataclass(frozen=True, slots=True)
class NoteSent(Fact):
    """Somebody entitled tells a sister how its recipe went here; empty to take that back."""

    link: str
    recipe: str
    body: str
    by: UserId


@dataclass(frozen=True, slots=True)
class DiaryWritten(Fact):
    """This is what the community says of a month now; empty if nothing any more."""

    month: str
    body: str
    by: UserId


@dataclass(frozen=True, slots=True)
class RecipeHeard(Fact):
    """A sister shares this; `tried` is how many communities have told that they tried it."""

    link: str
    mark: str
    seq: int
    page: Page
    tried: int


@dataclass(frozen=True, slots=True)
class RecipeGone(Fact):
    """A sister shares it no longer."""

    link: str
    mark: str


@dataclass(frozen=True, slots=True)
class NoteHeard(Fact):
    """A sister tells how our recipe went there; empty if it tells that no longer."""

    link: str
    recipe: str
    seq: int
    body: str


@dataclass(frozen=True, slots=True)
class DiaryHeard(Fact):
    """A sister tells of a month; `body` is empty if it does not any longer."""

    link: str
    month: str
    seq: int
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class DiaryShown(Fact):
    """A sister's page of a month was shown in the room that the charter names."""

    link: str
    month: str


ALL: tuple[type[Fact], ...] = (
    RecipeShared,
    RecipeAdopted,
    RecipeWithdrawn,
    AuthorNamed,
    AuthorUnnamed,
    NoteSent,
    DiaryWritten,
    RecipeHeard,
    RecipeGone,
    NoteHeard,
    DiaryHeard,
    DiaryShown,
)
