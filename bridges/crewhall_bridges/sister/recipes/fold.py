"""Folds recipes, notes and diaries; what changes in a letterbox of ours gets a new number in its slot."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from immutables import Map

from crewhall.door import Hall, Recorded, RoomKey
from crewhall_bridges.sister.bond import SISTERS, Link, letterbox
from crewhall_bridges.sister.bond import stream_of as links_of
from crewhall_bridges.sister.recipes.book import (
    A_DAY,
    BOOK,
    MONTHS,
    Book,
    Got,
    Month,
    Note,
    Own,
    Shelf,
    Slip,
    Slot,
    Text,
    gives,
    stream_of,
)
from crewhall_bridges.sister.recipes.facts import (
    AuthorNamed,
    AuthorUnnamed,
    DiaryHeard,
    DiaryShown,
    DiaryWritten,
    NoteHeard,
    NoteSent,
    RecipeAdopted,
    RecipeGone,
    RecipeHeard,
    RecipeShared,
    RecipeWithdrawn,
)

T = TypeVar("T")
_HEARD = (RecipeHeard, RecipeGone, DiaryHeard, DiaryShown)


def evolve(hall: Hall, recorded: Recorded) -> Hall:
    """Fold one record: a link that opens or closes changes what stands in its letterbox, too."""
    book = BOOK.of(hall)
    if recorded.stream == links_of(hall):
        link = SISTERS.of(hall).links.get(getattr(recorded.fact, "mark", ""))
        if link is None:
            return hall
        if link.ours.ended and link.mark in book.theirs:
            book = replace(book, theirs=book.theirs.delete(link.mark))
        return _put(hall, _stated(book, (link,)))
    if recorded.stream != stream_of(hall):
        return hall
    book = _after(replace(book, version=recorded.version), recorded)
    if not isinstance(recorded.fact, _HEARD):
        book = _stated(book, SISTERS.of(hall).links.values())
    return _put(hall, book)


def touched(hall: Hall, recorded: Recorded) -> Iterable[RoomKey]:
    """Return the letterboxes that may have to change after a record of ours."""
    if recorded.stream == stream_of(hall) and not isinstance(recorded.fact, _HEARD):
        links, stated = SISTERS.of(hall).links, BOOK.of(hall).stated
        yield from (letterbox(hall, links[mark]) for mark in sorted(stated) if mark in links)


def _put(hall: Hall, book: Book) -> Hall:
    return BOOK.put(hall, book) if book is not BOOK.of(hall) else hall


def _after(book: Book, recorded: Recorded) -> Book:  # noqa: C901 - one case a kind of fact
    fact, edition = recorded.fact, recorded.version
    match fact:
        case RecipeShared(mark=mark, page=page, by=by) | RecipeAdopted(mark=mark, page=page, by=by):
            shared = isinstance(fact, RecipeShared)
            before = book.ours.get(mark)
            own = Own(mark, page, by, edition, shared)
            if before is not None:
                own = replace(own, notes=before.notes, tried=before.tried)
            return replace(book, ours=book.ours.set(mark, own))
        case RecipeWithdrawn(mark=mark) if mark in book.ours:
            own = book.ours[mark]
            kept = book.ours.set(mark, replace(own, shared=False)) if own.shared else book.ours.delete(mark)
            return replace(book, ours=kept)
        case AuthorNamed(mark=mark, person=person) if mark in book.ours:
            named = replace(book.ours[mark], named=person, edition=edition)
            return replace(book, ours=book.ours.set(mark, named))
        case AuthorUnnamed(mark=mark) if mark in book.ours:
            return replace(
                book, ours=book.ours.set(mark, replace(book.ours[mark], named=None, edition=edition))
            )
        case NoteSent(link=link, recipe=recipe, body=body):
            return replace(book, sent=book.sent.set((link, recipe), Text(body, edition)))
        case DiaryWritten(month=month, body=body):
            return replace(book, diary=_newest(book.diary.set(month, Text(body, edition))))
        case NoteHeard(recipe=mark) if mark in book.ours:
            shelf = _taken(book.theirs.get(fact.link, Shelf()), recorded, len(fact.body))
            ours = book.ours.set(mark, _noted(book.ours[mark], fact, edition))
            return replace(book, ours=ours, theirs=book.theirs.set(fact.link, shelf))
        case RecipeHeard() | RecipeGone() | DiaryHeard():
            shelf = _heard(book.theirs.get(fact.link, Shelf()), fact, recorded)
            return replace(book, theirs=book.theirs.set(fact.link, shelf))
        case DiaryShown(link=link, month=month):
            shelf = replace(book.theirs.get(link, Shelf()), shown=month)
            return replace(book, theirs=book.theirs.set(link, shelf))
        case _:
            return book


def _noted(own: Own, fact: NoteHeard, edition: int) -> Own:
    notes = own.notes.set(fact.link, Note(fact.seq, fact.body))
    if fact.link in own.tried:
        return replace(own, notes=notes)
    return replace(own, notes=notes, tried=own.tried | {fact.link}, edition=edition)


def _heard(shelf: Shelf, fact: RecipeHeard | RecipeGone | DiaryHeard, recorded: Recorded) -> Shelf:
    size = 0
    match fact:
        case RecipeHeard():
            got = Got(fact.mark, fact.seq, fact.page, fact.tried)
            shelf, size = replace(shelf, recipes=shelf.recipes.set(fact.mark, got)), len(fact.page.body)
        case RecipeGone(mark=mark) if mark in shelf.recipes:
            shelf = replace(shelf, recipes=shelf.recipes.delete(mark))
        case RecipeGone():
            pass
        case DiaryHeard():
            month = Month(fact.seq, fact.title, fact.body)
            shelf = replace(shelf, diary=_newest(shelf.diary.set(fact.month, month)))
            size = len(fact.body)
    return _taken(shelf, recorded, size)


def _taken(shelf: Shelf, recorded: Recorded, size: int) -> Shelf:
    lately = tuple((at, one) for at, one in shelf.lately if recorded.at - at < A_DAY)
    return replace(shelf, lately=(*lately, (recorded.at, size)))


def _newest(diary: Map[str, T]) -> Map[str, T]:
    return Map({month: diary[month] for month in sorted(diary)[-MONTHS:]})


def _stated(book: Book, links: Iterable[Link]) -> Book:
    """Return the book with these letterboxes as they should be, each change under a new number."""
    for link in links:
        before = book.stated.get(link.mark, Map())
        after = before
        wished = dict(_wished(book, link))
        for slot, edition in wished.items():
            slip = before.get(slot)
            if slip is None and edition:
                after = after.set(slot, Slip(1, edition))
            elif slip is not None and slip.edition != edition:
                after = after.set(slot, Slip(slip.seq + 1, edition))
        for slot in before.keys() - wished.keys():
            slip = before[slot]
            if slot[0] == "diary":
                after = after.delete(slot)  # a month that is too old to change stays as it stands
            elif slip.edition:
                after = after.set(slot, Slip(slip.seq + 1, 0))
        if after is not before:
            book = replace(book, stated=book.stated.set(link.mark, after))
    return book


def _wished(book: Book, link: Link) -> Iterator[tuple[Slot, int]]:
    recipes, diary = gives(link, "recipes"), gives(link, "diary")
    notes = gives(link, "recipes", theirs=True)
    for own in book.ours.values():
        yield ("recipe", own.mark), own.edition if recipes and own.shared else 0
    for month, text in book.diary.items():
        yield ("diary", month), text.edition if diary and text.body else 0
    for (mark, recipe), text in book.sent.items():
        if mark == link.mark:
            yield ("note", recipe), text.edition if notes and text.body else 0
