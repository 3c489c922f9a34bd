"""Says for ``!doctor`` what is amiss with links to sisters, and what to do. Pure."""

from collections.abc import Iterator
from datetime import datetime

from crewhall.door import Ailment, Hall, Sentence
from crewhall_bridges.sister.bond import Link, links, state_of
from crewhall_bridges.sister.guestrooms import open_history
from crewhall_bridges.sister.page import trouble


def ails(hall: Hall, now: datetime) -> Iterator[Ailment]:
    """Yield what to look at: letterboxes, links that rest, earlier words that guests can read."""
    known = links(hall)
    for link in known:
        if not link.ours.ended:
            yield from _of(link, now)
    if hall.guests or any(_lets_guests_in(link, now) for link in known):
        found = open_history(hall)
        if found is not None:
            yield found


def _of(link: Link, now: datetime) -> Iterator[Ailment]:
    sister, state = link.called, state_of(link, now)
    line = f"!link with {link.keeper}"
    if link.health.trouble is not None:
        what = Sentence("ails-sister", {"sister": sister, "what": trouble(link.health.trouble)})
        yield Ailment(what, _remedy(link, line), grave=state == "holds")
    if state == "resting":
        what = Sentence("ails-sister-rests", {"sister": sister})
        yield Ailment(what, Sentence("ails-sister-rests-do", {"line": line}))
    elif state in {"asked", "holds"} and link.here is False:
        what = Sentence("ails-sister-unread", {"sister": sister})
        yield Ailment(what, Sentence("ails-sister-unread-do", {"line": line}), grave=True)


def _remedy(link: Link, line: str) -> Sentence:
    """Return what people here can do: mostly it is for those of the sister to put right."""
    match link.health.trouble:
        case "moved":
            return Sentence("ails-sister-moved-do", {"sister": link.called, "line": line})
        case "missing" | "blank":
            return Sentence("ails-sister-blank-do", {"sister": link.called})
        case _:
            return Sentence("ails-sister-do", {"sister": link.called, "line": f"!unlink {link.keeper}"})


def _lets_guests_in(link: Link, now: datetime) -> bool:
    terms = link.terms
    return (
        state_of(link, now) in {"holds", "resting"} and terms is not None and "guests" in terms.opens(link.me)
    )
