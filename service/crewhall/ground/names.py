"""What names of crews and communities may be, and which of them look the same.

Look-alikes follow the idea of Unicode Technical Standard 39, section 4 ("skeletons"), with the data of
confusable-homoglyphs; what differs only by case, accents, spaces or punctuation counts as the same too.
"""

import hashlib
import unicodedata
from functools import lru_cache

from confusable_homoglyphs import confusables

LONGEST = 60
"""Most characters of a name."""

_JOINERS = "\u200c\u200d"  # scripts and emoji need them
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_TWINS = str.maketrans({"i": "l", "1": "l", "|": "l", "0": "o", "5": "s"})
_SLUG = 30


def spoken(text: str) -> str:
    """Return a name as it is kept: NFKC, one space between words, nothing that cannot be seen."""
    folded = unicodedata.normalize("NFKC", text)
    shown = (" " if c.isspace() else c for c in folded if _visible(c))
    return " ".join("".join(shown).split())


def nameless(name: str) -> bool:
    """Return whether nothing of a cleaned name could be read or seen."""
    return not any(unicodedata.category(c)[0] in "LNS" for c in name)


@lru_cache(maxsize=4096)
def looks(name: str) -> str:
    """Return the same text for names that a reader could take for each other."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(_twin(c) for c in plain if c.isalnum())
    if not letters:
        return "".join(c for c in plain if not unicodedata.combining(c) and c not in _JOINERS)
    return letters.translate(_TWINS).replace("rn", "m").replace("vv", "w")


def slug(name: str) -> str:
    """Return a short name in ``[a-z0-9-]``; a hash if the name cannot be written so."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    if any(c.isalnum() and not c.isascii() for c in plain):
        return "n" + digest(name)[:10]
    words = "".join(c if c.isalnum() else "-" for c in plain if not unicodedata.combining(c)).split("-")
    short = "-".join(word for word in words if word)[:_SLUG].strip("-")
    return short or "n" + digest(name)[:10]


def digest(text: str) -> str:
    """Return sixteen hex digits of a hash of `text`."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _visible(char: str) -> bool:
    return char.isspace() or char in _JOINERS or unicodedata.category(char) not in _INVISIBLE


def _twin(char: str) -> str:
    """Return the plain letter that `char` looks like, or itself."""
    if char.isascii():
        return char
    likes = [str(found["c"]) for found in confusables.confusables_data.get(char, ())]
    plain = [like.casefold() for like in likes if like.isascii() and like.isalnum()]
    return min(plain or [*likes, char])
