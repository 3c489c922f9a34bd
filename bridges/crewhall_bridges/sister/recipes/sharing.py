"""Decides on ``!share`` and ``!unshare``: who is entitled shares the charter, a part of it, or a practice.

The community is the author; a person is named beside it only with their own ✅.
"""

import re
from typing import Final

from crewhall.door import (
    Answer,
    Arguments,
    Asked,
    Card,
    Decision,
    Hall,
    Outcome,
    Recorded,
    Refusal,
    Reply,
    Say,
    Sentence,
    ToPerson,
    Usage,
    UserId,
    names,
)
from crewhall_bridges.sister import wire
from crewhall_bridges.sister.bond import links
from crewhall_bridges.sister.naming import not_yours
from crewhall_bridges.sister.recipes.book import (
    BOOK,
    LICENCE,
    LONGEST,
    MOST_NAMES,
    MOST_OURS,
    Own,
    author_of,
    gives,
    meant,
    stream_of,
    writes,
)
from crewhall_bridges.sister.recipes.clauses import clauses
from crewhall_bridges.sister.recipes.facts import (
    AuthorNamed,
    AuthorUnnamed,
    Page,
    RecipeShared,
    RecipeWithdrawn,
)
from crewhall_bridges.sister.recipes.states import recipe

SHARE: Final = "!share charter | rule PART | practice NAME: TEXT [licence L]"
UNSHARE: Final = "!unshare NAME"
AUTHOR: Final = "sister.author"
YES: Final = "✅"
MOST_CHARACTERS: Final = 12_000
"""Of what we share."""
LICENCES: Final = (LICENCE, "CC-BY-4.0", "CC0-1.0", "CC-BY-NC-SA-4.0")
_LICENCE: Final = re.compile(r"(.*?)\s*\blicen[cs]e:?\s+(\S+)", re.IGNORECASE | re.DOTALL)


def share(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Share something from now on; said anew, it takes the place of what was shared under the name."""
    found = _meant(hall, given)
    if found is None:
        return Usage(SHARE)
    if (wrong := not_yours(hall, asked)) is not None:
        return Refusal(wrong)
    if given.people:
        return Refusal(Sentence("recipe-names-people"))
    if isinstance(found, Sentence):
        return Refusal(found)
    mark, page = found
    if (wrong := _cannot(hall, mark, page)) is not None:
        return Refusal(wrong)
    fact = RecipeShared(mark, page, asked.person)
    sisters = tuple(link.called for link in links(hall) if gives(link, "recipes"))
    if sisters:
        text = Sentence(
            "recipe-shared", {"title": page.title, "licence": page.licence, "name": mark, "sisters": sisters}
        )
    else:
        text = Sentence("recipe-shared-nowhere", {"title": page.title, "licence": page.licence, "name": mark})
    says = [Say(Reply(), text)]
    own = Own(mark, page, asked.person, 1, shared=True)
    if page.author == hall.charter.name:
        says.append(_card(hall, own))
    return Decision(writes(hall, fact), tuple(says), ack="✅")


def unshare(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Share it no longer; of what is only kept, keep it no longer."""
    if not given.words:
        return Usage(UNSHARE)
    if (wrong := not_yours(hall, asked)) is not None:
        return Refusal(wrong)
    ours, words = BOOK.of(hall).ours, " ".join(given.words)
    mark = meant(ours, words)
    if mark is None:
        return Refusal(Sentence("recipe-not-ours", {"name": words}))
    own = ours[mark]
    if own.shared:
        text = Sentence("recipe-unshared", {"title": own.page.title, "line": f"!unshare {mark}"})
    else:
        text = Sentence("recipe-dropped", {"title": own.page.title})
    return Decision(writes(hall, RecipeWithdrawn(mark, asked.person)), (Say(Reply(), text),), ack="✅")


def answer(hall: Hall, reacted: Answer) -> Decision | None:
    """Name whoever shared it, since they wish so."""
    if reacted.card.kind != AUTHOR or reacted.choice != YES:
        return None
    own = BOOK.of(hall).ours.get(reacted.card.subject.rpartition("/")[2])
    if own is None or own.by != reacted.person or own.named is not None or not own.shared:
        return None
    named = Own(own.mark, own.page, own.by, own.edition, own.shared, named=own.by)
    return Decision(writes(hall, AuthorNamed(own.mark, own.by)), (_card(hall, named),))


def withdraw(hall: Hall, taken_back: Recorded, asked: Asked) -> Decision | None:
    """Name them no longer, since the ✅ was taken back."""
    fact = taken_back.fact
    if taken_back.stream != stream_of(hall) or not isinstance(fact, AuthorNamed):
        return None
    own = BOOK.of(hall).ours.get(fact.mark)
    if own is None or own.named != fact.person or asked.person != fact.person:
        return None
    unnamed = Own(own.mark, own.page, own.by, own.edition, own.shared)
    return Decision(writes(hall, AuthorUnnamed(own.mark, fact.person)), (_card(hall, unnamed),))


def unnamed(hall: Hall, own: Own) -> bool:
    """Return whether somebody is named who is no longer here."""
    who = own.named
    return who is not None and who not in hall.inside and who not in hall.keyholders


def full(hall: Hall, mark: str) -> Sentence | None:
    """Return why no other recipe can be kept, None if one can."""
    book = BOOK.of(hall)
    if mark in book.ours:
        return None
    ever = {key for slots in book.stated.values() for kind, key in slots if kind == "recipe"}
    if len(book.ours) >= MOST_OURS or (mark not in ever and len(ever) >= MOST_NAMES):
        return Sentence("recipe-full", {"most": MOST_OURS})
    return None


def _meant(hall: Hall, given: Arguments) -> tuple[str, Page] | Sentence | None:
    kind, rest = (given.words[0].casefold(), " ".join(given.words[1:])) if given.words else ("", "")
    if kind not in {"charter", "rule", "practice"}:
        return None
    licensed = _LICENCE.fullmatch(rest)
    licence = LICENCE
    if licensed is not None and (known := _licence(licensed[2])) is not None:
        rest, licence = licensed[1], known
    elif licensed is not None and any(char.isdigit() for char in licensed[2]):
        return Sentence("recipe-licence", {"licences": LICENCES})
    name = hall.charter.name
    if kind == "charter":
        if rest:
            return None
        title, body = f"The charter of {name}"[:LONGEST], "\n".join(clauses(hall.charter))
        return "charter", Page(kind, title, name, licence, body)
    if kind == "rule":
        return _rule(hall, rest, licence)
    return _practice(hall, rest, licence)


def _rule(hall: Hall, rest: str, licence: str) -> tuple[str, Page] | Sentence | None:
    path = ".".join(rest.strip(".,:;").casefold().split())
    if not path:
        return None
    lines = clauses(hall.charter, path)
    if not lines:
        return Sentence("recipe-no-part", {"part": path})
    return names.slug(f"rule {path}"), Page(
        "rule", path[:LONGEST], hall.charter.name, licence, "\n".join(lines)
    )


def _practice(hall: Hall, rest: str, licence: str) -> tuple[str, Page] | Sentence | None:
    title, colon, body = (part.strip() for part in rest.partition(":"))
    title = names.spoken(title)
    kept = meant(BOOK.of(hall).ours, title)
    if title and not body and kept is not None:
        return kept, BOOK.of(hall).ours[kept].page
    if not (title and colon and body) or names.nameless(title):
        return None
    if len(title) > LONGEST:
        return Sentence("recipe-title-long", {"most": LONGEST})
    mark = kept or names.slug(title)
    lineage = BOOK.of(hall).ours[mark].page.lineage if mark in BOOK.of(hall).ours else ()
    before = BOOK.of(hall).ours.get(mark)
    if before is not None and lineage:
        licence = before.page.licence
    return mark, Page("practice", title, hall.charter.name, licence, body, lineage)


def _licence(word: str) -> str | None:
    said = word.strip(".,:;").casefold()
    return next((known for known in LICENCES if known.casefold() == said), None)


def _cannot(hall: Hall, mark: str, page: Page) -> Sentence | None:
    stated = wire.read("recipe", recipe(page, page.author, 0, 1))
    if not page.body or len(page.body) > MOST_CHARACTERS or isinstance(stated, wire.Unreadable):
        return Sentence("recipe-too-long", {"most": MOST_CHARACTERS})
    return full(hall, mark)


def _card(hall: Hall, own: Own) -> Say:
    told = author_of(own)
    card = Card(AUTHOR, f"{hall.key}/sister/recipe/{own.mark}", (YES,))
    if own.named is not None:
        text = Sentence("recipe-author-named", {"title": own.page.title, "author": told})
    else:
        text = Sentence("recipe-author", {"title": own.page.title, "author": told})
    return Say(ToPerson(own.by), text, card=card)


def gone(hall: Hall) -> list[tuple[str, UserId]]:
    """Return recipes that name somebody who is no longer here."""
    ours = sorted(BOOK.of(hall).ours.items())
    return [(mark, own.named) for mark, own in ours if own.named is not None and unnamed(hall, own)]
