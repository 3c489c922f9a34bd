"""A crew as the ledger tells it, read once more: its seats, and its leaves."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any


@dataclass
class CrewTold:
    """Who has a seat, who is offered one, which leaves are open and whose; who went out of which room."""

    seats: set[str] = field(default_factory=set)
    offers: set[str] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    people: dict[str, set[str]] = field(default_factory=dict)
    away: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    ended: str = ""

    def read(self, kind: str, fact: Any) -> None:
        """Take a fact in."""
        match kind:
            case "CrewStarted":
                self.offers.add(fact.by)
            case "SeatOffered" | "SeatAdmitted":
                self.offers.add(fact.person)
            case "SeatTaken":
                self.seats.add(fact.person)
                self.offers.discard(fact.person)
                self.open.clear()
            case "SeatLeft" | "SeatDeclined" | "OfferWithdrawn":
                for people in (self.seats, self.offers, *self.people.values(), *self.away.values()):
                    people.discard(fact.person)
            case "CrewEnded":
                self.ended = fact.how
                self.offers.clear()
            case _:
                self._leaves(kind, fact)

    def _leaves(self, kind: str, fact: Any) -> None:
        match kind:
            case "LeafOpened":
                self.open.add(fact.leaf)
                self.people[fact.leaf] = set(self.seats)
                self._back(fact.leaf, self.seats)
            case "LeafClosed":
                self.open.discard(fact.leaf)
            case "LeafRoomLeft":
                self.away[fact.room].add(fact.person)
            case "LeafRoomsWanted":
                self._back(fact.leaf, {fact.person})

    def _back(self, leaf: str, people: set[str]) -> None:
        for room, away in self.away.items():
            if room == "space" or room.startswith(f"{leaf}/"):
                away.difference_update(people)
