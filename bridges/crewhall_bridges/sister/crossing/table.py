"""Decides on ``!link table``: a host starts an ordinary crew with those who speak for linked communities."""

from typing import Final

from crewhall.door import Arguments, Asked, Hall, Outcome, Refusal, Sentence, Usage, UserId, begin, ids
from crewhall_bridges.sister.bond import Link, state_of
from crewhall_bridges.sister.naming import named, not_yours

TABLE: Final = "!link table [NAME] with SISTER [and SISTER…]"
NAME: Final = "Table of hosts"
_WITH, _AND = "with", "and"


def table(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Start a crew whose seats are offered to the contacts of these links; afterwards it is as any other."""
    low = [word.strip(",;:").casefold() for word in given.words]
    if _WITH not in low or not (low[low.index(_WITH) + 1 :] or given.people):
        return Usage(TABLE)
    at = low.index(_WITH)
    if (wrong := not_yours(hall, asked)) is not None:
        return Refusal(wrong)
    if not hall.charter.federate:
        return Refusal(Sentence("crossing-stays-here", {"community": hall.charter.name}))
    sisters: list[list[str]] = [[]]
    for word in low[at + 1 :]:
        if word == _AND:
            sisters.append([])
        else:
            sisters[-1].append(word)
    spoken = (" ".join(one) for one in sisters if one)
    found = (*(named(hall, one, ()) for one in spoken), *(named(hall, "", (one,)) for one in given.people))
    people: dict[UserId, None] = {}
    for link in found:
        if isinstance(link, Sentence):
            return Refusal(link)
        speak = speakers(link)
        if state_of(link, asked.at) != "holds" or not speak:
            return Refusal(Sentence("crossing-nobody-speaks", {"sister": link.called}))
        people |= dict.fromkeys(speak)
    return begin(hall, asked, " ".join(given.words[:at]) or NAME, tuple(people))


def speakers(link: Link) -> tuple[UserId, ...]:
    """Return who speaks for a sister, as far as a sister can name them: people of its own server."""
    theirs = link.theirs.contacts if link.theirs is not None else ()
    return tuple(one for one in theirs if ids.server(one) == ids.server(link.keeper) and one != link.keeper)
