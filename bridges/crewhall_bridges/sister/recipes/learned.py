"""Decides what follows from a look into a sister's letterbox for recipes, notes and diaries. Pure.

What stands there is kept as plain text and obeyed in nothing. It is bounded: in size by `wire`, in number by
`book`, and in what is taken within a day. Missing or unreadable is unknown: what was read still counts.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from crewhall.door import Decision, Fact, Hall, RoomSeen, Say, Sentence, Statement, ToPerson, Verbatim
from crewhall_bridges.sister import wire
from crewhall_bridges.sister.bond import Link, is_open
from crewhall_bridges.sister.recipes.book import A_DAY, BOOK, MONTHS, MOST_THEIRS, Shelf, writes
from crewhall_bridges.sister.recipes.facts import DiaryHeard, NoteHeard, Page, RecipeGone, RecipeHeard

MOST_A_DAY: Final = 60
"""New statements of one sister that are taken within a day."""
MOST_CHARACTERS: Final = 400_000
"""Characters of them."""
MOST_TOLD: Final = 20
"""New statements of one sister within a day up to which people are told of notes."""
MOST_NEW: Final = 200
"""Unknown recipes that are looked at in one look."""
_MARK: Final = re.compile(r"[a-z0-9-]{1,40}\Z")
_A_YEAR: Final = 12


def learned(hall: Hall, link: Link, seen: RoomSeen, now: datetime) -> Decision | None:
    """Return what is new; None if nothing is, or if the letterbox is not well."""
    if seen.room != link.room or link.health.trouble is not None:
        return None
    shelf = BOOK.of(hall).theirs.get(link.mark, Shelf())
    lately = [size for at, size in shelf.lately if now - at < A_DAY]
    count, characters = len(lately), sum(lately)
    facts: list[Fact] = []
    for fact, size in _news(hall, link, shelf, seen, now):
        count, characters = count + 1, characters + size
        if count > MOST_A_DAY or characters > MOST_CHARACTERS:
            break
        facts.append(fact)
    notes = [fact for fact in facts if isinstance(fact, NoteHeard)] if count <= MOST_TOLD else []
    says = tuple(say for fact in notes for say in _told(hall, link, fact))
    return Decision(writes(hall, *facts), says) if facts else None


def _news(hall: Hall, link: Link, shelf: Shelf, seen: RoomSeen, now: datetime) -> Iterator[tuple[Fact, int]]:
    if is_open(link, "in", "recipes", now):
        yield from _recipes(link, shelf, seen)
    if is_open(link, "in", "diary", now):
        yield from _diary(link, shelf, seen, now)
    if is_open(link, "out", "recipes", now):
        yield from _notes(hall, link, seen)


def _recipes(link: Link, shelf: Shelf, seen: RoomSeen) -> Iterator[tuple[Fact, int]]:
    """Yield what is new of recipes: those that are known first, then others while there is room."""
    type_ = wire.event_type("recipe")
    there = {key for kind, key in seen.statements if kind == type_ and _MARK.match(key)}
    left = MOST_THEIRS - len(shelf.recipes)
    known = sorted(there & set(shelf.recipes))
    new = sorted(there - set(shelf.recipes))[:MOST_NEW] if left else []
    for mark in (*known, *new):
        told = _read(link, "recipe", seen.statements[type_, mark])
        got = shelf.recipes.get(mark)
        if not isinstance(told, wire.Recipe) or (got is not None and got.seq == told.seq):
            continue
        if told.taken_back:
            if got is not None:
                left += 1
                yield RecipeGone(link.mark, mark), 0
            continue
        if got is None and not left:
            continue
        left -= got is None
        lineage = tuple((one.community, one.title) for one in told.lineage)
        page = Page(told.kind, told.title, told.author, told.licence, told.body, lineage)
        yield RecipeHeard(link.mark, mark, told.seq, page, told.tried_by), len(told.body)


def _diary(link: Link, shelf: Shelf, seen: RoomSeen, now: datetime) -> Iterator[tuple[Fact, int]]:
    for month in _months(now.date()):
        slot = seen.statements.get((wire.event_type("diary"), month))
        told = _read(link, "diary", slot) if slot is not None else None
        if not isinstance(told, wire.Diary) or told.month != month:
            continue
        got = shelf.diary.get(month)
        if (got is None and not told.body) or (got is not None and got.seq == told.seq):
            continue
        yield DiaryHeard(link.mark, month, told.seq, told.title, told.body), len(told.body)


def _notes(hall: Hall, link: Link, seen: RoomSeen) -> Iterator[tuple[Fact, int]]:
    for mark, own in sorted(BOOK.of(hall).ours.items()):
        slot = seen.statements.get((wire.event_type("note"), mark))
        told = _read(link, "note", slot) if slot is not None and own.shared else None
        if not isinstance(told, wire.Note) or told.recipe != mark:
            continue
        got = own.notes.get(link.mark)
        if (got is None and not told.body) or (got is not None and got.seq == told.seq):
            continue
        yield NoteHeard(link.mark, mark, told.seq, told.body), len(told.body)


def _read(link: Link, kind: wire.Kind, slot: Statement) -> wire.Statement | None:
    if slot.sender != link.keeper:
        return None
    told = wire.read(kind, slot.content)
    return None if isinstance(told, wire.Unreadable) else told


def _months(today: date) -> Iterator[str]:
    """Yield this month and those before it that are kept, the latest first."""
    count = today.year * _A_YEAR + today.month - 1
    for one in range(count, count - MONTHS, -1):
        yield f"{one // _A_YEAR:04}-{one % _A_YEAR + 1:02}"


def _told(hall: Hall, link: Link, fact: NoteHeard) -> tuple[Say, ...]:
    """Return how whoever shared a recipe hears of a note on it, if they are still here."""
    own = BOOK.of(hall).ours[fact.recipe]
    if not fact.body or not (own.by in hall.inside or own.by in hall.keyholders):
        return ()
    body = Verbatim(tuple(fact.body.splitlines()))
    text = Sentence("recipe-noted", {"sister": link.called, "title": own.page.title, "lines": body})
    return (Say(ToPerson(own.by), text),)
