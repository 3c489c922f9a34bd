"""Tells of links: ``!links`` shows them all, ``!link terms`` the one page of one of them."""

from typing import Final

from crewhall.door import Arguments, Asked, Decision, Hall, Outcome, Refusal, Reply, Say, Sentence, Usage
from crewhall_bridges.sister.asking import composed
from crewhall_bridges.sister.bond import links
from crewhall_bridges.sister.naming import named
from crewhall_bridges.sister.page import page, summary

LINKS: Final = "!links"
TERMS: Final = "!link terms NAME"
MOST: Final = 20
"""Links that are told of at once."""


def show(hall: Hall, asked: Asked, _given: Arguments) -> Outcome:
    """Show every link: where it stands, what flows, how its letterbox is, when it is looked at again."""
    known = links(hall)
    if not known:
        return Decision(says=(Say(Reply(), Sentence("sister-none", {"community": hall.charter.name})),))
    lines = [summary(hall, link, asked.at) for link in known[:MOST]]
    if len(known) > MOST:
        lines.append(Sentence("sister-more", {"count": len(known) - MOST}))
    text = Sentence("sister-links", {"community": hall.charter.name, "lines": tuple(lines)})
    return Decision(says=(Say(Reply(), text),))


def terms(hall: Hall, _asked: Asked, given: Arguments) -> Outcome:
    """Show the one page: of the terms that hold, else of those that are asked about or would be."""
    if not given.words and not given.people:
        return Usage(TERMS)
    link = named(hall, " ".join(given.words), given.people)
    if isinstance(link, Sentence):
        return Refusal(link)
    asked_about = link.question.terms if link.question is not None else None
    found = link.terms or asked_about or composed(link)
    if found is None:
        return Refusal(Sentence("sister-no-terms", {"sister": link.called}))
    lines = page(hall, link, found)
    if found == link.terms:
        text = Sentence("sister-terms", {"sister": link.called, "lines": lines})
    else:
        text = Sentence("sister-terms-open", {"sister": link.called, "lines": lines})
    return Decision(says=(Say(Reply(), text),))
