"""Says what stands in our letterbox for a sister of recipes, notes and our diary, as its slips tell."""

from crewhall.door import Content, Hall
from crewhall_bridges.sister import wire
from crewhall_bridges.sister.bond import Link
from crewhall_bridges.sister.recipes.book import BOOK, LONGEST, Book, Own, Slip, author_of
from crewhall_bridges.sister.recipes.facts import Page


def states(hall: Hall, link: Link) -> dict[tuple[str, str], Content]:
    """Return all of it, also what is withdrawn."""
    book, found = BOOK.of(hall), dict[tuple[str, str], Content]()
    for (kind, key), slip in book.stated.get(link.mark, {}).items():
        match kind:
            case "recipe":
                content = _recipe(book, key, slip)
            case "note":
                content = note(key, book.sent[link.mark, key].body if slip.edition else "", slip.seq)
            case _:
                body = book.diary[key].body if slip.edition else ""
                content = diary(hall, key, body, slip.seq)
        found[wire.event_type(kind), key] = content
    return found


def recipe(page: Page, author: str, tried: int, seq: int) -> Content:
    """Return a recipe as it is stated."""
    return {
        "v": wire.VERSION,
        "seq": seq,
        "kind": page.kind,
        "title": page.title,
        "author": author,
        "licence": page.licence,
        "lineage": [{"community": community, "title": title} for community, title in page.lineage],
        "tried_by": tried,
        "body": page.body,
        "taken_back": False,
    }


def note(mark: str, body: str, seq: int) -> Content:
    """Return a note as it is stated; an empty one is withdrawn."""
    return {"v": wire.VERSION, "seq": seq, "recipe": mark, "body": body}


def diary(hall: Hall, month: str, body: str, seq: int) -> Content:
    """Return a month of our diary as it is stated; an empty one is withdrawn."""
    title = f"{hall.charter.name}, {month}"[:LONGEST]
    return {"v": wire.VERSION, "seq": seq, "month": month, "title": title, "body": body}


def _recipe(book: Book, key: str, slip: Slip) -> Content:
    own: Own | None = book.ours.get(key) if slip.edition else None
    if own is not None:
        return recipe(own.page, author_of(own), len(own.tried), slip.seq)
    gone = Page("practice", "withdrawn", "withdrawn", "none", "")
    return {**recipe(gone, gone.author, 0, slip.seq), "taken_back": True}
