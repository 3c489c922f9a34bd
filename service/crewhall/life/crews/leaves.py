"""Which leaf somebody means, which come before and after it, and which one asks itself next."""

from collections.abc import Container, Sequence

from crewhall.charter.model import Leaf
from crewhall.ground import names
from crewhall.ground.hall import Hall
from crewhall.ground.talk import Arguments, Asked, Decision, Outcome, Refusal, Say, Sentence, ToPerson
from crewhall.life.crews.crew import Crew
from crewhall.life.crews.seats import malformed, meant

_IN = "in"
_SHOWN = 60


def leaf_of(hall: Hall, key: str) -> Leaf | None:
    """Return what the charter says of a leaf, None if there is none of this key (any more)."""
    return next((leaf for leaf in hall.charter.crews.leaves if leaf.key == key), None)


def called(hall: Hall, key: str) -> str:
    """Return what people call a leaf."""
    leaf = leaf_of(hall, key)
    return leaf.name if leaf is not None else key


def before(hall: Hall, key: str) -> tuple[str, ...]:
    """Return the leaves before this one, in order."""
    keys = [leaf.key for leaf in hall.charter.crews.leaves]
    return tuple(keys[: keys.index(key)]) if key in keys else ()


def after(hall: Hall, key: str) -> tuple[str, ...]:
    """Return the leaves after this one, in order."""
    keys = [leaf.key for leaf in hall.charter.crews.leaves]
    return tuple(keys[keys.index(key) + 1 :]) if key in keys else ()


def opened(hall: Hall, crew: Crew) -> tuple[str, ...]:
    """Return the leaves that a crew has open, in order."""
    return tuple(leaf.key for leaf in hall.charter.crews.leaves if leaf.key in crew.opened)


def asking_itself(hall: Hall, opened_: Container[str], again: Container[str]) -> str | None:
    """Return the leaf that asks for everybody's yes anew now: the first that is not open, if it was to."""
    first = next((leaf.key for leaf in hall.charter.crews.leaves if leaf.key not in opened_), None)
    return first if first is not None and first in again else None


def spoken_of(hall: Hall, asked: Asked, given: Arguments, usage: Outcome) -> tuple[str, Crew] | Outcome:
    """Return the leaf and the crew that a line names, or what to say instead: only members are told more."""
    leaves = hall.charter.crews.leaves
    if not leaves:
        return Refusal(Sentence("leaf-none", {"community": hall.charter.name}))
    if (wrong := malformed(given.words)) is not None:
        return Refusal(wrong)
    if not given.words or given.people:
        return usage
    at = _split(hall, given.words)
    key = _leaf(hall, given.words[:at])
    if key is None:
        name = " ".join(given.words[:at])[:_SHOWN]
        every = tuple(leaf.name for leaf in leaves)
        return Refusal(Sentence("leaf-unknown", {"name": name, "leaves": every}))
    crew = meant(hall, asked, given.words[at + 1 :])
    if isinstance(crew, Refusal):
        return crew
    if asked.person not in crew.seats:
        return Refusal(Sentence("crew-members-only", {"crew": crew.name}))
    return key, crew


def answered(crew: Crew, asked: Asked, text: Sentence) -> Outcome:
    """Return a no about a crew's depth, which is nobody else's: said privately where others listen."""
    if asked.place is None or crew.holds(asked.place):
        return Refusal(text)
    return Decision(says=(Say(ToPerson(asked.person), text),), ack="✅")


def _split(hall: Hall, words: Sequence[str]) -> int:
    """Return where the crew is named: at an ``in`` before which a leaf is named, else behind everything."""
    found = [n for n, word in enumerate(words) if n and word.casefold() == _IN]
    if _leaf(hall, words) is not None or not found:
        return len(words)
    return next((n for n in reversed(found) if _leaf(hall, words[:n]) is not None), found[0])


def _leaf(hall: Hall, words: Sequence[str]) -> str | None:
    said = names.looks(names.spoken(" ".join(words)))
    if not said:
        return None
    looks = [
        (names.looks(text), leaf.key) for leaf in hall.charter.crews.leaves for text in (leaf.key, leaf.name)
    ]
    exact = [key for look, key in looks if look == said]
    near = dict.fromkeys(key for look, key in looks if look.startswith(said))
    return exact[0] if exact else next(iter(near)) if len(near) == 1 else None
