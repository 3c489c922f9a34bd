"""Decides what two communities agree to: one page composed of both their offers, the same on either side."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from crewhall.door import Content, UserId
from crewhall_bridges.sister import wire
from crewhall_bridges.sister.bounds import canonical
from crewhall_bridges.sister.wire import FLOWS, Flow

MOST_TEXT: Final = 4_000
"""Characters of one side's agreements."""


@dataclass(frozen=True, slots=True)
class Half:
    """One community's offer: what it would open towards the sister, until when, and what holds for guests.

    `flows` are those this version knows, in a settled order. `edition` counts the terms it is for.
    """

    keeper: UserId
    community: str
    name: str
    flows: tuple[Flow, ...]
    review: date
    agreements: str = ""
    edition: int = 1


@dataclass(frozen=True, slots=True)
class Party:
    """One of the two communities in the terms, with what it opens towards the other."""

    keeper: UserId
    community: str
    name: str
    flows: tuple[Flow, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """The one page, independent of the side: the parties stand in order of their keepers' ids."""

    parties: tuple[Party, Party]
    review: date
    agreements: str
    edition: int = 1

    @property
    def digest(self) -> str:
        """Sixty-four hex digits that are the same for the same terms on both sides."""
        return hashlib.sha256(canonical(stated(self))).hexdigest()

    def opens(self, keeper: UserId) -> frozenset[Flow]:
        """Return what the community of this keeper opens towards the other."""
        return frozenset(flow for party in self.parties if party.keeper == keeper for flow in party.flows)


def compose(one: Half, other: Half) -> Terms:
    """Return the terms that follow from two offers; the order of the two does not matter."""
    first, second = sorted((one, other), key=lambda half: half.keeper)
    parties = tuple(Party(half.keeper, half.community, half.name, half.flows) for half in (first, second))
    held = (half for half in (first, second) if half.agreements)
    return Terms(
        (parties[0], parties[1]),
        min(one.review, other.review),
        "\n\n".join(f"{half.name}: {half.agreements}" for half in held),
        max(one.edition, other.edition),
    )


def stated(terms: Terms) -> Content:
    """Return terms as they are stated, and as they are digested: only what version 1 knows."""
    return {
        "agreements": terms.agreements,
        "edition": terms.edition,
        "flows": {party.keeper: list(party.flows) for party in terms.parties},
        "parties": {
            party.keeper: {"community": party.community, "name": party.name} for party in terms.parties
        },
        "review": terms.review.isoformat(),
    }


def read_terms(told: wire.Terms) -> Terms:
    """Return terms as a letterbox states them; what this version does not know is left out."""
    first, second = (
        Party(keeper, party.community, party.name, known(told.flows.get(keeper, ())))
        for keeper, party in sorted(told.parties.items())
    )
    return Terms((first, second), date.fromisoformat(told.review), told.agreements, told.edition)


def read_offer(keeper: UserId, told: wire.Offer) -> Half:
    """Return an offer as its keeper's letterbox states it."""
    return Half(
        keeper,
        told.community,
        told.name,
        known(told.flows),
        date.fromisoformat(told.review),
        told.agreements,
        told.edition,
    )


def offered(half: Half) -> Content:
    """Return an offer as it is stated."""
    return {
        "agreements": half.agreements,
        "community": half.community,
        "edition": half.edition,
        "flows": list(half.flows),
        "name": half.name,
        "review": half.review.isoformat(),
    }


def known(flows: tuple[str, ...]) -> tuple[Flow, ...]:
    """Return the flows that this version knows, each once, in its own order."""
    return tuple(flow for flow in FLOWS if flow in flows)


def without(half: Half, flows: frozenset[Flow]) -> Half:
    """Return an offer less some flows."""
    return replace(half, flows=tuple(flow for flow in half.flows if flow not in flows))
