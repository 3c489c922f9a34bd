"""Decides on ``!adopt`` and ``!note``: a copy becomes one's own, and a sister hears how it went."""

from typing import Final

from crewhall.door import (
    Arguments,
    Asked,
    Decision,
    Hall,
    Outcome,
    Refusal,
    Reply,
    Say,
    Sentence,
    Usage,
    Verbatim,
)
from crewhall_bridges.sister import wire
from crewhall_bridges.sister.bond import Link, is_open
from crewhall_bridges.sister.naming import named, not_yours
from crewhall_bridges.sister.recipes.book import BOOK, MOST_NOTED, Got, Shelf, meant, writes
from crewhall_bridges.sister.recipes.clauses import command
from crewhall_bridges.sister.recipes.facts import NoteSent, Page, RecipeAdopted
from crewhall_bridges.sister.recipes.sharing import full
from crewhall_bridges.sister.recipes.shelf import not_inside, unknown
from crewhall_bridges.sister.recipes.states import note as stated

ADOPT: Final = "!adopt NAME from SISTER"
NOTE: Final = "!note NAME to SISTER: WORDS"
MOST_LINEAGE: Final = 20
LONGEST: Final = 1_000
"""Characters of a note."""


def adopt(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Copy a sister's recipe: a practice into our own list, clauses of a charter into a line to propose."""
    head, _, tail = " ".join(given.words).rpartition(" from ")
    if not head or not tail:
        return Usage(ADOPT)
    found = _found(hall, asked, head, tail)
    if isinstance(found, Sentence):
        return Refusal(found)
    link, got = found
    if got.page.kind in {"charter", "rule"}:
        return _proposed(link, got)
    if (wrong := not_yours(hall, asked)) is not None:
        return Refusal(wrong)
    page = got.page
    lineage = ((link.name, page.title), *page.lineage)[:MOST_LINEAGE]
    before = BOOK.of(hall).ours.get(got.mark)
    if before is not None and (before.shared or before.page.lineage[:1] != lineage[:1]):
        line = f"!unshare {got.mark}"
        return Refusal(Sentence("recipe-there", {"title": before.page.title, "line": line}))
    if (wrong := full(hall, got.mark)) is not None:
        return Refusal(wrong)
    copy = Page(page.kind, page.title, page.author, page.licence, page.body, lineage)
    text = Sentence(
        "recipe-adopted",
        {
            "title": page.title,
            "sister": link.called,
            "licence": page.licence,
            "share": f"!share practice {got.mark}",
            "note": f"!note {got.mark} to {link.community}: WORDS",
        },
    )
    return Decision(
        writes(hall, RecipeAdopted(got.mark, copy, asked.person)), (Say(Reply(), text),), ack="✅"
    )


def note(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Tell a sister how its recipe went here; without words, take back what was told."""
    line, colon, body = (part.strip() for part in " ".join(given.words).partition(":"))
    head, _, tail = line.rpartition(" to ")
    if not head or not tail or not colon:
        return Usage(NOTE)
    if (wrong := not_yours(hall, asked)) is not None:
        return Refusal(wrong)
    if given.people:
        return Refusal(Sentence("recipe-names-people"))
    found = _found(hall, asked, head, tail)
    if isinstance(found, Sentence):
        return Refusal(found)
    link, got = found
    readable = not isinstance(wire.read("note", stated(got.mark, body, 1)), wire.Unreadable)
    if len(body) > LONGEST or not readable:
        return Refusal(Sentence("recipe-note-long", {"most": LONGEST}))
    sent = BOOK.of(hall).sent
    if (link.mark, got.mark) not in sent and sum(mark == link.mark for mark, _ in sent) >= MOST_NOTED:
        return Refusal(Sentence("recipe-notes-full", {"sister": link.called, "most": MOST_NOTED}))
    if body:
        text = Sentence("recipe-note-sent", {"title": got.page.title, "sister": link.called})
    else:
        text = Sentence("recipe-note-back", {"title": got.page.title, "sister": link.called})
    fact = NoteSent(link.mark, got.mark, body, asked.person)
    return Decision(writes(hall, fact), (Say(Reply(), text),), ack="✅")


def _found(hall: Hall, asked: Asked, name: str, sister: str) -> tuple[Link, Got] | Sentence:
    if (wrong := not_inside(hall, asked)) is not None:
        return wrong
    link = named(hall, sister, ())
    if isinstance(link, Sentence):
        return link
    if not is_open(link, "in", "recipes", asked.at):
        return Sentence("recipe-not-open", {"sister": link.called})
    shelf = BOOK.of(hall).theirs.get(link.mark, Shelf())
    mark = meant(shelf.recipes, name)
    return (link, shelf.recipes[mark]) if mark is not None else unknown(link, name)


def _proposed(link: Link, got: Got) -> Outcome:
    line, left = command(got.page.body)
    title = got.page.title
    if not line:
        return Refusal(Sentence("recipe-no-clauses", {"title": title, "sister": link.called}))
    lines = Verbatim((line,))
    if left:
        told = Sentence(
            "recipe-clauses-some", {"title": title, "sister": link.called, "lines": lines, "count": left}
        )
    else:
        told = Sentence("recipe-clauses", {"title": title, "sister": link.called, "lines": lines})
    return Decision(says=(Say(Reply(), told),))
