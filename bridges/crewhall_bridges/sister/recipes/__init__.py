"""Recipes and diaries: what a community lets others copy, and what it copies; all of it plain text."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from crewhall.door import Decision, Hall, Verb
from crewhall_bridges.sister.recipes import showing
from crewhall_bridges.sister.recipes.adopting import ADOPT, NOTE, adopt, note
from crewhall_bridges.sister.recipes.book import BOOK, writes
from crewhall_bridges.sister.recipes.diary import DIARY, diary
from crewhall_bridges.sister.recipes.facts import ALL, AuthorUnnamed
from crewhall_bridges.sister.recipes.fold import evolve, touched
from crewhall_bridges.sister.recipes.learned import learned
from crewhall_bridges.sister.recipes.sharing import SHARE, UNSHARE, answer, gone, share, unshare, withdraw
from crewhall_bridges.sister.recipes.shelf import RECIPES, show
from crewhall_bridges.sister.recipes.states import states

_TOPIC: Final = "sisters"
FACTS: Final = ALL
VERBS: Final = (
    Verb(("recipes",), RECIPES, _TOPIC, "What sisters share to be copied, and what we do.", show),
    Verb(("share",), SHARE, _TOPIC, "Share our charter, a part of it, or a practice with sisters.", share),
    Verb(("unshare",), UNSHARE, _TOPIC, "Share something no longer.", unshare),
    Verb(("adopt",), ADOPT, _TOPIC, "Copy what a sister shares.", adopt),
    Verb(("note",), NOTE, _TOPIC, "Tell a sister how its recipe went here.", note),
    Verb(
        ("diary",), DIARY, _TOPIC, "What we tried and learned this month, for sisters; or read theirs.", diary
    ),
)

__all__ = ["FACTS", "VERBS", "answer", "due", "evolve", "learned", "states", "touched", "version", "withdraw"]


def due(hall: Hall, now: datetime) -> Iterable[tuple[str, Decision]]:
    """Name nobody as an author who is no longer here; show diaries where the charter wants them."""
    for mark, person in gone(hall)[:1]:
        cause = f"recipe:{hall.key}:{mark}:unnamed:{BOOK.of(hall).version}"
        yield cause, Decision(writes(hall, AuthorUnnamed(mark, person)))
        return
    yield from showing.due(hall, now)


def version(hall: Hall) -> int:
    """Return how much is known; what is read is brought before the rules again when it has grown."""
    return BOOK.of(hall).version
