"""Decides on ``!diary``: what we tried and learned this month, a page a month; or reads a sister's."""

import re
from typing import Final

from crewhall.door import Arguments, Asked, Decision, Hall, Outcome, Refusal, Reply, Say, Sentence, Usage
from crewhall_bridges.sister import wire
from crewhall_bridges.sister.bond import Link, is_open, links
from crewhall_bridges.sister.naming import not_yours
from crewhall_bridges.sister.recipes.book import BOOK, Shelf, Text, gives, writes
from crewhall_bridges.sister.recipes.facts import DiaryWritten
from crewhall_bridges.sister.recipes.shelf import OURS, not_inside, sister, whole
from crewhall_bridges.sister.recipes.states import diary as stated

DIARY: Final = "!diary WORDS | !diary SISTER [MONTH]"
CLEAR: Final = "clear"
MOST_CHARACTERS: Final = 6_000
"""Of one month."""
_MONTH: Final = re.compile(r"\d{4}-\d{2}\Z")
_LEAST_WORDS: Final = 4
_MOST_NAMED: Final = 3


def diary(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Read a diary, if a sister (or `ours`) is named and no more than a month and a page; else write ours."""
    if not given.words:
        return _all(hall, asked)
    if given.words == (CLEAR,) or _is_written(hall, given.words):
        return _write(hall, asked, given)
    if (wrong := not_inside(hall, asked)) is not None:
        return Refusal(wrong)
    months: dict[str, tuple[str, str]]
    if given.words[0].casefold() == OURS:
        rest, name = given.words[1:], hall.charter.name
        book = BOOK.of(hall).diary
        months = {month: (name, text.body) for month, text in book.items() if text.body}
    else:
        found = sister(hall, given.words)
        if isinstance(found, Sentence):
            short = len(given.words) < _LEAST_WORDS
            return Refusal(Sentence("diary-short", {"least": _LEAST_WORDS}) if short else found)
        link, rest = found
        name = link.called
        if not is_open(link, "in", "diary", asked.at):
            return Refusal(Sentence("diary-not-open", {"sister": name}))
        theirs = BOOK.of(hall).theirs.get(link.mark, Shelf()).diary
        months = {month: (one.title, one.body) for month, one in theirs.items() if one.body}
    return _read(months, rest, name)


def _is_written(hall: Hall, words: tuple[str, ...]) -> bool:
    if len(words) < _LEAST_WORDS:
        return False
    found = sister(hall, words)
    return not isinstance(found, tuple) or not _names_place(found[1])


def _names_place(rest: tuple[str, ...]) -> bool:
    return len(rest) < _MOST_NAMED and all(_MONTH.match(one) or one.isdigit() for one in rest)


def _write(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    if (wrong := not_yours(hall, asked)) is not None:
        return Refusal(wrong)
    if given.people:
        return Refusal(Sentence("recipe-names-people"))
    month = asked.at.strftime("%Y-%m")
    before = BOOK.of(hall).diary.get(month, Text("", 0)).body
    if given.words == (CLEAR,):
        said = Sentence("diary-cleared", {"month": month})
        return Decision(writes(hall, DiaryWritten(month, "", asked.person)), (Say(Reply(), said),), ack="✅")
    body = f"{before}\n\n{' '.join(given.words)}".strip()
    readable = not isinstance(wire.read("diary", stated(hall, month, body, 1)), wire.Unreadable)
    if len(body) > MOST_CHARACTERS or not readable:
        return Refusal(Sentence("diary-full", {"month": month, "most": MOST_CHARACTERS}))
    sisters = tuple(link.called for link in links(hall) if gives(link, "diary"))
    if sisters:
        text = Sentence("diary-written", {"month": month, "sisters": sisters})
    else:
        text = Sentence("diary-written-nowhere", {"month": month})
    return Decision(writes(hall, DiaryWritten(month, body, asked.person)), (Say(Reply(), text),), ack="✅")


def _read(months: dict[str, tuple[str, str]], rest: tuple[str, ...], name: str) -> Outcome:
    if not _names_place(rest):
        return Usage(DIARY)
    wanted = next((one for one in rest if _MONTH.match(one)), max(months, default=""))
    if wanted not in months:
        return Refusal(Sentence("diary-none", {"sister": name, "months": tuple(sorted(months)) or ("-",)}))
    number = next((int(one) for one in rest if one.isdigit() and len(one) <= 2), 1)  # noqa: PLR2004 - digits
    title, body = months[wanted]
    head = Sentence("diary-head", {"sister": name, "month": wanted, "title": title})
    return Decision(says=(Say(Reply(), whole(head, body, max(1, number))),))


def _all(hall: Hall, asked: Asked) -> Outcome:
    if (wrong := not_inside(hall, asked)) is not None:
        return Refusal(wrong)
    book = BOOK.of(hall)
    lines = [_line(link, max(known)) for link in links(hall) if (known := _told(hall, link, asked))]
    ours = [month for month, text in book.diary.items() if text.body]
    if ours:
        lines.insert(
            0,
            Sentence("diary-line", {"sister": hall.charter.name, "month": max(ours), "line": "!diary ours"}),
        )
    if not lines:
        return Decision(says=(Say(Reply(), Sentence("diary-nothing")),))
    return Decision(says=(Say(Reply(), Sentence("diary-all", {"lines": tuple(lines)})),))


def _told(hall: Hall, link: Link, asked: Asked) -> list[str]:
    if not is_open(link, "in", "diary", asked.at):
        return []
    shelf = BOOK.of(hall).theirs.get(link.mark, Shelf())
    return [month for month, one in shelf.diary.items() if one.body]


def _line(link: Link, month: str) -> Sentence:
    line = f"!diary {link.community}"
    return Sentence("diary-line", {"sister": link.called, "month": month, "line": line})
