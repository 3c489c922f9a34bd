"""Decides on ``!link close``, ``!link open``, ``!unlink``: less at once and alone, more only by both."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from crewhall.door import (
    Arguments,
    Asked,
    Decision,
    Fact,
    Hall,
    Outcome,
    PersonLink,
    Refusal,
    Reply,
    Say,
    Sentence,
    ToPerson,
    Usage,
    UserId,
    group,
)
from crewhall_bridges.sister.asking import composed, deciders, put
from crewhall_bridges.sister.bond import At, Link, writes
from crewhall_bridges.sister.cards import ended
from crewhall_bridges.sister.facts import FlowsClosed, LinkDropped, LinkEnded, OfferChanged
from crewhall_bridges.sister.naming import elsewhere, named, not_yours, review_day
from crewhall_bridges.sister.terms import known
from crewhall_bridges.sister.wire import FLOWS, Flow

CLOSE: Final = "!link close FLOW with NAME"
OPEN: Final = "!link open FLOW with NAME"
UNLINK: Final = "!unlink NAME"
_BOTH: Final = "with"
_TO: Final = "to"
_FROM: Final = "from"
_LAST_EDITION: Final = 900_000


@dataclass(frozen=True, slots=True)
class Meant:
    """Which flow with which sister: ``to`` it, ``from`` it, or both (``with``)."""

    flow: Flow
    way: str
    link: Link

    def spots(self) -> tuple[At, ...]:
        """Return the flow in the directions that are meant, by who opens it."""
        ways: tuple[tuple[str, UserId], ...] = ((_FROM, self.link.me), (_TO, self.link.keeper))
        return tuple((keeper, self.flow) for other, keeper in ways if self.way != other)


def close(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Close a flow, at once; whatever is being decided about the link is overtaken by it."""
    meant = _meant(hall, given)
    if meant is None:
        return Usage(CLOSE)
    if (wrong := not_yours(hall, asked)) is not None:
        return Refusal(wrong)
    if isinstance(meant, Sentence):
        return Refusal(meant)
    link = meant.link
    spots = [at for at in meant.spots() if not _shut(link, at)]
    if not spots:
        said = Sentence("sister-closed-already", {"flow": meant.flow, "sister": link.called})
        return Refusal(said)
    closed = tuple((keeper, flow, link.edition) for keeper, flow in spots)
    facts, cards = _overtaken(hall, link)
    said = Sentence("sister-closed", {"flow": meant.flow, "sister": link.called})
    told = Sentence("sister-told-closed", {"by": _by(asked), "flow": meant.flow, "sister": link.called})
    return Decision(
        writes(hall, *facts, FlowsClosed(link.mark, asked.person, closed)),
        (Say(Reply(), said), *cards, *_others(link, asked, told)),
        ack="✅",
    )


def open_(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Propose to open a flow: new terms, which both communities decide on."""
    meant = _meant(hall, given)
    if meant is None:
        return Usage(OPEN)
    if (wrong := not_yours(hall, asked) or elsewhere(hall, asked)) is not None:
        return Refusal(wrong)
    if isinstance(meant, Sentence):
        return Refusal(meant)
    link = meant.link
    if (wrong := _cannot(link, meant)) is not None:
        return Refusal(wrong)
    flows = (*link.ours.offer.flows, meant.flow) if meant.way != _FROM else link.ours.offer.flows
    lifts = tuple(at for at in meant.spots() if at in link.ours.closed)
    offer = replace(
        link.ours.offer, flows=known(flows), edition=link.edition + 1, review=review_day(hall, asked.at)
    )
    fact = OfferChanged(link.mark, asked.person, offer, lifts)
    ours = replace(link.ours, offer=offer)
    will = replace(link, waits=True, lifts=frozenset(lifts), named_by=asked.person, ours=ours)
    facts, cards = put(hall, will, asked.at)
    if not facts and composed(will) is not None:
        return Refusal(Sentence("sister-nobody-decides", {"who": group(hall, deciders(hall))}))
    said = Sentence("sister-widening", {"flow": meant.flow, "sister": link.called})
    return Decision(writes(hall, fact, *facts), (Say(Reply(), said), *cards), ack="✅")


def unlink(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """End a link, at once."""
    if not given.words and not given.people:
        return Usage(UNLINK)
    if (wrong := not_yours(hall, asked)) is not None:
        return Refusal(wrong)
    link = named(hall, " ".join(given.words), given.people)
    if isinstance(link, Sentence):
        return Refusal(link)
    if link.ours.ended:
        return Refusal(Sentence("sister-ended-already", {"sister": link.called}))
    _, cards = _overtaken(hall, link)
    said = Sentence("sister-ended", {"sister": link.called})
    told = Sentence("sister-told-ended", {"by": _by(asked), "sister": link.called})
    return Decision(
        writes(hall, LinkEnded(link.mark, asked.person)),
        (Say(Reply(), said), *cards, *_others(link, asked, told)),
        ack="✅",
    )


def _meant(hall: Hall, given: Arguments) -> Meant | Sentence | None:
    words = [word.strip(".,:;") for word in given.words]
    if len(words) < 2 or (flow := _flow(words[0])) is None:  # noqa: PLR2004 - FLOW with
        return None
    way = words[1].casefold()
    name = " ".join(words[2:])
    if way not in {_BOTH, _TO, _FROM} or not (name or given.people):
        return None
    link = named(hall, name, given.people)
    return link if isinstance(link, Sentence) else Meant(flow, way, link)


def _flow(word: str) -> Flow | None:
    said = word.casefold()
    return next((flow for flow in FLOWS if said in {flow, flow.removesuffix("s"), f"{flow}s"}), None)


def _shut(link: Link, at: At) -> bool:
    """Return whether a flow is closed already in all terms that we agreed to or could."""
    return link.ours.closed.get(at, 0) >= link.edition


def _cannot(link: Link, meant: Meant) -> Sentence | None:
    if link.ours.ended or (link.theirs is not None and link.theirs.ended):
        return Sentence("sister-ended-already", {"sister": link.called})
    if link.question is not None:
        return Sentence("sister-open-already", {"until": link.question.round.closes})
    if link.edition >= _LAST_EDITION:
        return Sentence("sister-nothing-to-open", {"flow": meant.flow, "sister": link.called})
    shut = any(at in link.ours.closed for at in meant.spots())
    if not shut and (meant.way == _FROM or meant.flow in link.ours.offer.flows):
        return Sentence("sister-nothing-to-open", {"flow": meant.flow, "sister": link.called})
    return None


def _overtaken(hall: Hall, link: Link) -> tuple[tuple[Fact, ...], tuple[Say, ...]]:
    if link.question is None:
        return (), ()
    return (LinkDropped(link.mark, link.question.mark),), ended(hall, link, "overtaken")


def _others(link: Link, asked: Asked, text: Sentence) -> Iterable[Say]:
    """Tell the others who speak for us."""
    return tuple(Say(ToPerson(person), text) for person in link.ours.contacts if person != asked.person)


def _by(asked: Asked) -> PersonLink:
    return PersonLink(asked.person)
