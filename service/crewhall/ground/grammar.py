"""Decides what a message asks for: the line it says, and which command was meant by it.

A command begins with ``!``, after the keeper's name or pill if people like; in a private chat neither is
needed. Whatever a message holds, it is read into words and people, or it is nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias
from unicodedata import normalize

from crewhall.ground.capability import Verb
from crewhall.ground.ids import UserId, local
from crewhall.ground.markup import Mention, Run, person, runs
from crewhall.ground.talk import Arguments

MOST: Final = 2_000
"""Characters of a line; a longer one is answered with just that."""

_PREFIX = "!\uff01"
_QUOTES = frozenset(
    '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a'
    "\u300c\u300d\u300e\u300f\u301d\u301e\u301f\uff02\uff62\uff63"
)
_SINGLE = "'\u2018\u2019\u201a\u201b"
_TAIL = ".,;:!?)]}>"
_SURE = 6  # letters up to which one slip is forgiven; two in longer words
_LONGEST_WORD = 24
_LONGEST_QUOTE = 100
_EXACT = 2  # letters of a word in which no slip is forgiven


@dataclass(frozen=True, slots=True)
class Line:
    """What was said to the keeper: plain words (a quoted run is one), the people named, in order.

    `too_long`: nothing else was read.
    """

    words: tuple[str, ...] = ()
    people: tuple[UserId, ...] = ()
    too_long: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A command, and what followed its words."""

    verb: Verb
    rest: Arguments


@dataclass(frozen=True, slots=True)
class Near:
    """No command, but nearly this one."""

    verb: Verb


Choice: TypeAlias = Match | Near | None


def parse(
    body: str,
    formatted: str | None,
    *,
    me: UserId,
    name: str = "",
    mentioned: Sequence[UserId] = (),
    private: bool = False,
) -> Line | None:
    """Return the line that a message says to the keeper `me` (shown as `name`), None if it says none.

    `formatted` is the HTML, if the message has any; `mentioned` the people of its ``m.mentions``, by which a
    bare ``@name`` is understood.
    """
    line = _addressed(list(runs(body, formatted)), me, name)
    prefixed = _unprefixed(line)
    if prefixed is None:
        if not private:
            return None
        prefixed = _bare(line)
    if sum(len(run) for run in prefixed if isinstance(run, str)) > MOST:
        return Line(too_long=True)
    words: list[str] = []
    people: list[UserId] = []
    for token, quoted in _tokens(prefixed):
        who = token.person if isinstance(token, Mention) else None if quoted else _named(token, mentioned)
        if who is not None:
            people.append(who)
        elif isinstance(token, str) and (quoted or token.strip(_TAIL)):
            words.append(token)
    if not words and not people and not private:
        return None
    return Line(tuple(words), tuple(people))


def choose(line: Line, verbs: Iterable[Verb]) -> Choice:
    """Return the command with most words that the line begins with, or the one that was probably meant."""
    verbs = tuple(verbs)
    said = tuple(normalize("NFKC", word).casefold() for word in line.words)
    fitting = [verb for verb in verbs if said[: len(verb.words)] == verb.words]
    best = max(fitting, key=lambda verb: len(verb.words), default=None)
    least = len(best.words) if best is not None else 0
    longer = [verb for verb in verbs if len(verb.words) > least and verb.words[:least] == said[:least]]
    if (near := _nearest(said, longer)) is not None:
        return Near(near)
    if best is None:
        return None
    rest = line.words[len(best.words) :]
    return Match(best, Arguments(rest, line.people, " ".join(rest)))


def _addressed(line: list[Run], me: UserId, name: str) -> list[Run]:
    """Return the line without the keeper's name in front of it."""
    while line and isinstance(line[0], str) and not line[0].strip():
        line = line[1:]
    if line and line[0] == Mention(me):
        line = line[1:]
        if line and isinstance(line[0], str):
            line = [line[0].lstrip(" :,"), *line[1:]]
        return line
    if not line or not isinstance(line[0], str):
        return line
    said = line[0].lstrip()
    for called in sorted({me, f"@{local(me)}", local(me), name} - {""}, key=len, reverse=True):
        after = said[len(called) :]
        if said[: len(called)].casefold() == called.casefold() and (after[:1] in " :," or not after):
            return [after.lstrip(" :,"), *line[1:]]
    return line


def _unprefixed(line: list[Run]) -> list[Run] | None:
    """Return what follows the ``!``; None if there is none, or if it is only a loud voice."""
    if not line or not isinstance(line[0], str):
        return None
    said = line[0].lstrip()
    if said[:1] not in _PREFIX or not said[1:2].isalnum():
        return None
    return [said[1:], *line[1:]]


def _bare(line: list[Run]) -> list[Run]:
    """Return the line of a private chat, whatever marks stand before it."""
    if line and isinstance(line[0], str):
        return [line[0].lstrip(" " + _PREFIX), *line[1:]]
    return line


def _tokens(line: Iterable[Run]) -> Iterator[tuple[str | Mention, bool]]:
    """Yield words and people, and whether the word stood in quotes; the end closes any quote."""
    for run in line:
        if isinstance(run, Mention):
            yield run, False
            continue
        at = 0
        while at < len(run):
            char = run[at]
            if char == " ":
                at += 1
                continue
            if char in _QUOTES:
                end = next((n for n in range(at + 1, len(run)) if run[n] in _QUOTES), len(run))
                start, after, quoted = at + 1, end + 1, True
            elif char in _SINGLE and (close := _closing(run, at)):
                start, end, after, quoted = at + 1, close, close + 1, True
            else:
                end = next((n for n in range(at, len(run)) if run[n] == " " or run[n] in _QUOTES), len(run))
                start, after, quoted = at, end, False
            word = " ".join(run[start:end].split())
            if word:
                yield word, quoted
            at = after


def _closing(run: str, start: int) -> int:
    """Return where a single quote is closed at the end of a word, 0 if it is an apostrophe."""
    for at in range(start + 1, min(len(run), start + _LONGEST_QUOTE)):
        if run[at] in _SINGLE and run[at + 1 : at + 2] in {"", " "}:
            return at
    return 0


def _named(word: str, mentioned: Sequence[UserId]) -> UserId | None:
    """Return who is named by a word, punctuation behind it forgiven."""
    bare = word.strip("<(").rstrip(_TAIL)
    if (who := person(word) or person(bare)) is not None:
        return who
    if not bare.startswith("@") or ":" in bare:
        return None
    same = {user for user in mentioned if local(user).casefold() == bare[1:].casefold()}
    return same.pop() if len(same) == 1 else None


def _nearest(said: Sequence[str], verbs: Iterable[Verb]) -> Verb | None:
    """Return the command that a slip of the finger made of this, None if none is near."""
    found: list[tuple[int, int, int, Verb]] = []
    for n, verb in enumerate(verbs):
        for heard, meant in _readings(said, verb.words):
            slips = [_slips(one, other) for one, other in zip(heard, meant, strict=True)]
            if all(slip <= _forgiven(other) for slip, other in zip(slips, meant, strict=True)):
                found.append((sum(slips), -len(verb.words), n, verb))
    return min(found)[-1] if found else None


def _readings(said: Sequence[str], words: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    if len(said) >= len(words):
        yield said[: len(words)], words
    if said and len(words) > 1:
        joined = "".join(char for char in said[0] if char.isalnum())
        if joined == "".join(words):
            yield (joined,), (joined,)


def _forgiven(word: str) -> int:
    if len(word) <= _EXACT:
        return 0
    return 1 if len(word) <= _SURE else 2


@lru_cache(maxsize=2048)
def _slips(one: str, other: str) -> int:
    """Return how many letters were missed, added, changed or swapped (optimal string alignment)."""
    if max(len(one), len(other)) > _LONGEST_WORD:
        return _LONGEST_WORD
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        now = [i]
        for j, meant in enumerate(other, 1):
            cost = min(last[j] + 1, now[j - 1] + 1, last[j - 1] + (char != meant))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == meant:
                cost = min(cost, before[j - 2] + 1)
            now.append(cost)
        before, last = last, now
    return last[-1]
