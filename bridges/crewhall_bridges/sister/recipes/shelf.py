"""Shows recipes: ``!recipes`` lists ours and those of sisters, or one of them whole."""

from datetime import datetime
from typing import Final

from crewhall.door import Arguments, Asked, Decision, Hall, Outcome, Refusal, Reply, Say, Sentence, Verbatim
from crewhall_bridges.sister.bond import Link, is_open, links
from crewhall_bridges.sister.naming import named
from crewhall_bridges.sister.recipes.book import BOOK, Got, Own, Shelf, author_of, meant
from crewhall_bridges.sister.recipes.facts import Page

RECIPES: Final = "!recipes [SISTER [NAME]]"
OURS: Final = "ours"
MOST_BYTES: Final = 8_000
"""Of a text that is shown at once; it is sent twice, and the second time as HTML."""
MOST_LINES: Final = 40
"""Recipes in one list."""


def show(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Show what is shared: all, what one sister shares, or one recipe whole."""
    if (wrong := not_inside(hall, asked)) is not None:
        return Refusal(wrong)
    if not given.words:
        return _all(hall, asked.at)
    if given.words[0].casefold() in {OURS, hall.key, hall.charter.name.casefold()}:
        return _ours(hall, given.words[1:])
    found = sister(hall, given.words)
    if isinstance(found, Sentence):
        return Refusal(found)
    link, rest = found
    if not is_open(link, "in", "recipes", asked.at):
        return Refusal(Sentence("recipe-not-open", {"sister": link.called}))
    shelf = BOOK.of(hall).theirs.get(link.mark, Shelf())
    if not rest:
        lines = _lines([_their_line(one) for _, one in sorted(shelf.recipes.items())])
        if not lines:
            return _says(Sentence("recipe-none", {"sister": link.called}))
        line = f"!recipes {link.community} NAME"
        return _says(Sentence("recipe-list", {"sister": link.called, "lines": lines, "line": line}))
    words, number = paged(rest)
    mark = meant(shelf.recipes, words)
    if mark is None:
        return Refusal(unknown(link, words))
    got = shelf.recipes[mark]
    return _says(_whole(got.page, got.page.author, link.called, number))


def not_inside(hall: Hall, asked: Asked) -> Sentence | None:
    """Return why somebody is not shown what sisters share, None if they are."""
    person = asked.person
    if person in hall.keyholders or (person in hall.inside and person not in hall.guests):
        return None
    return Sentence("recipe-not-inside", {"community": hall.charter.name})


def sister(hall: Hall, words: tuple[str, ...]) -> tuple[Link, tuple[str, ...]] | Sentence:
    """Return the sister that a line begins with, and the rest of the line."""
    for count in range(len(words), 0, -1):
        found = named(hall, " ".join(words[:count]), ())
        if isinstance(found, Link):
            return found, words[count:]
    return named(hall, words[0], ())  # type: ignore[return-value] # no link was found, so it is a sentence


def unknown(link: Link, words: str) -> Sentence:
    """Return that a sister shares nothing under a name."""
    line = f"!recipes {link.community}"
    return Sentence("recipe-unknown", {"name": words, "sister": link.called, "line": line})


def paged(words: tuple[str, ...]) -> tuple[str, int]:
    """Return words and the number of the page that they end with, else the first."""
    *head, last = words
    if head and last.isascii() and last.isdigit() and len(last) <= 2:  # noqa: PLR2004 - digits
        return " ".join(head), max(1, int(last))
    return " ".join(words), 1


def piece(text: str, number: int) -> tuple[Verbatim, int, int]:
    """Return a page of a text as it stands, its number, and how many there are."""
    pages, size = [[""]], 0
    for line in text.splitlines():
        for part in _cut(line):
            size += len(part.encode()) + 1
            if size > MOST_BYTES:
                pages.append([])
                size = len(part.encode()) + 1
            pages[-1].append(part)
    pages[0] = pages[0][1:]
    number = min(number, len(pages))
    return Verbatim(tuple(pages[number - 1])), number, len(pages)


def whole(head: Sentence, text: str, number: int) -> Sentence:
    """Return a text below its head, or the page of it that is asked for."""
    lines, number, count = piece(text, number)
    if count == 1:
        return Sentence("recipe-whole", {"head": head, "lines": lines})
    return Sentence("recipe-whole-page", {"head": head, "lines": lines, "number": number, "count": count})


def _cut(line: str) -> list[str]:
    """Return a line in pieces that fit on a page each."""
    step = MOST_BYTES // 4 - 1
    return [line[at : at + step] for at in range(0, len(line), step)] or [""]


def _all(hall: Hall, now: datetime) -> Outcome:
    book = BOOK.of(hall)
    lines = [_our_line(own) for _, own in sorted(book.ours.items())]
    for link in links(hall):
        shelf = book.theirs.get(link.mark)
        if shelf is not None and shelf.recipes and is_open(link, "in", "recipes", now):
            line = f"!recipes {link.community}"
            count = len(shelf.recipes)
            lines.append(Sentence("recipe-sister", {"sister": link.called, "count": count, "line": line}))
    if not lines:
        return _says(Sentence("recipe-nothing"))
    return _says(Sentence("recipe-all", {"lines": _lines(lines)}))


def _ours(hall: Hall, rest: tuple[str, ...]) -> Outcome:
    ours = BOOK.of(hall).ours
    if not rest:
        if not ours:
            return _says(Sentence("recipe-nothing"))
        return _says(Sentence("recipe-all", {"lines": _lines([_our_line(own) for own in ours.values()])}))
    words, number = paged(rest)
    mark = meant(ours, words)
    if mark is None:
        return Refusal(Sentence("recipe-not-ours", {"name": words}))
    own = ours[mark]
    recipe = _whole(own.page, author_of(own), hall.charter.name, number)
    known = {link.mark: link.called for link in links(hall)}
    notes = tuple(
        Say(
            Reply(),
            Sentence(
                "recipe-noted",
                {
                    "sister": known[link],
                    "title": own.page.title,
                    "lines": piece(note.body, 1)[0],
                },
            ),
        )
        for link, note in sorted(own.notes.items())
        if note.body and link in known
    )
    return Decision(says=(Say(Reply(), recipe), *notes[:MOST_LINES]))


def _their_line(got: Got) -> Sentence:
    page = got.page
    if got.tried:
        return Sentence(
            "recipe-line-tried",
            {
                "name": got.mark,
                "title": page.title,
                "author": page.author,
                "licence": page.licence,
                "count": got.tried,
            },
        )
    return Sentence(
        "recipe-line", {"name": got.mark, "title": page.title, "author": page.author, "licence": page.licence}
    )


def _our_line(own: Own) -> Sentence:
    if own.shared:
        return Sentence(
            "recipe-our-line", {"name": own.mark, "title": own.page.title, "count": len(own.tried)}
        )
    return Sentence("recipe-kept-line", {"name": own.mark, "title": own.page.title})


def _whole(page: Page, author: str, sister_: str, number: int) -> Sentence:
    head = Sentence(
        "recipe-head",
        {"title": page.title, "sister": sister_, "author": author, "licence": page.licence},
    )
    if page.lineage:
        from_ = tuple(f"{title} ({community})" for community, title in page.lineage)
        head = Sentence("recipe-head-from", {"head": head, "from": from_})
    return whole(head, page.body, number)


def _lines(lines: list[Sentence]) -> tuple[Sentence, ...]:
    if len(lines) <= MOST_LINES:
        return tuple(lines)
    return (*lines[:MOST_LINES], Sentence("recipe-more", {"count": len(lines) - MOST_LINES}))


def _says(text: Sentence) -> Decision:
    return Decision(says=(Say(Reply(), text),))
