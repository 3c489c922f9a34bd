"""Decides when a sister's diary is shown in the room that the charter names: once, after the month."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from crewhall.door import Decision, Hall, Say, Sentence, ToRoom
from crewhall_bridges.sister.bond import is_open, links
from crewhall_bridges.sister.cards import room_at
from crewhall_bridges.sister.recipes.book import BOOK, Shelf, writes
from crewhall_bridges.sister.recipes.facts import DiaryShown
from crewhall_bridges.sister.recipes.shelf import whole


def due(hall: Hall, now: datetime) -> Iterable[tuple[str, Decision]]:
    """Return the pages of last month that are to be shown; older ones are read by who asks."""
    at = room_at(hall, hall.charter.sisters.diary)
    if at is None:
        return
    month = (now.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    for link in links(hall):
        shelf = BOOK.of(hall).theirs.get(link.mark, Shelf())
        page = shelf.diary.get(month)
        if page is None or not page.body or shelf.shown >= month or not is_open(link, "in", "diary", now):
            continue
        head = Sentence("diary-head", {"sister": link.called, "month": month, "title": page.title})
        says = (Say(ToRoom(at), whole(head, page.body, 1)),)
        decision = Decision(writes(hall, DiaryShown(link.mark, month)), says)
        yield f"diary:{hall.key}:{link.mark}:{month}", decision
        return  # one at a time: each is decided on what is known by then
