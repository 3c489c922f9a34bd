"""Traces every grant in the ledger to the words of those entitled, each in an event of their own.

Asked before a record is read by `Told`, so that the story is known as it stood then.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from crewhall.charter.model import Hat
from crewhall.ground.facts import Recorded
from crewhall.ground.ids import EventId
from crewhall.testing.world import World
from house.told import KEYS, Told

_BY = """Vouched VouchTakenBack Objected ObjectionTakenBack Proposed ProposalWithdrawn BroughtIn HatOffered
    HatObjected HatOfferWithdrawn UnderstudyAsked LeafClosed SeatOffered AskAnswered EndAsked PauseAsked
    RemovalAsked RemovalSaid ReadmitAsked ChangeProposed ChangeSaid PlanAllowed PlanPutOff LeftRung Departed
    InvitationTurnedBack PauseExplained PauseKept"""
_PERSON = """SteppedDown HatTaken Understudied SeasonAnswered LeafAgreed SeatAsked EndAnswered Stood Arrived
    SeatTaken SeatDeclined LeafRoomsWanted HatRenewed HatRotating"""
_DAY = timedelta(days=1)
_KEYS = Hat(key=KEYS, name="Keys")
BY, PERSON = frozenset(_BY.split()), frozenset(_PERSON.split())


class Traces:
    """What was said so far, by question."""

    def __init__(self, world: World, told: Told) -> None:
        self.world, self.told = world, told
        self.founded: datetime | None = None
        self.asked: dict[str, Any] = {}
        self.yes: dict[str, set[str]] = defaultdict(set)
        self.no: dict[str, set[str]] = defaultdict(set)
        self.agreed: dict[str, set[str]] = defaultdict(set)
        self.passed: dict[str, tuple[Any, set[str]]] = {}

    def check(self, record: Recorded) -> None:
        """Raise if a record is not what those entitled said; remember what it says."""
        fact: Any = record.fact
        kind = type(fact).__name__
        self._own_words(record, fact, kind)
        match kind:
            case "Proposed":
                rule = self._rule(fact.rung)
                who = rule.propose if rule is not None else "keyholders"
                assert self._may(fact.by, who), record
                self.asked[fact.mark] = fact
            case "InvitationGiven":
                self._invited(record, fact)
            case "Stood":
                first_day = self.founded is not None and record.at < self.founded + _DAY
                free = self._rule(fact.rung) is None or first_day
                assert free or self.told.awaited(fact.person, fact.rung), record
            case "Arrived":
                assert fact.person not in self.told.turned["anyone"] | self.told.shut, record
            case "Founded":
                self.founded = record.at
            case _:
                self._hats(record, fact, kind)
                self._leaves(record, fact, kind)
                self._safety(record, fact, kind)
                self._changes(record, fact, kind)
                self._words(fact, kind)

    def _own_words(self, record: Recorded, fact: Any, kind: str) -> None:
        whose: str | None = None
        if kind in BY:
            whose = fact.by
        elif kind in PERSON:
            whose = fact.person
        elif kind in {"Paused", "Readmitted"}:
            whose = fact.by[1]
        elif (kind == "LeafAsked" and fact.by) or (kind == "DriftSettled" and fact.mark):
            whose = fact.by
        if whose is not None:
            event = self.world.events.get(EventId(record.cause))
            assert event is not None, f"{record} has no event"
            assert event.sender == whose, f"{record} was done by {event.sender}"

    def _words(self, fact: Any, kind: str) -> None:
        match kind:
            case "Vouched":
                self.yes[fact.mark].add(fact.by)
            case "VouchTakenBack":
                self.yes[fact.mark].discard(fact.by)
            case "Objected" | "HatObjected":
                self.no[fact.mark].add(fact.by)
            case "ObjectionTakenBack" | "HatObjectionTakenBack":
                self.no[fact.mark].discard(fact.by)
            case "RemovalSaid" | "ChangeSaid":
                self.yes[fact.mark].discard(fact.by)
                self.no[fact.mark].discard(fact.by)
                (self.yes if fact.word == "yes" else self.no)[fact.mark].add(fact.by)
            case "RemovalUnsaid" | "ChangeWordTakenBack":
                self.yes[fact.mark].discard(fact.by)
                self.no[fact.mark].discard(fact.by)
            case "RemovalAsked" | "PauseAsked" | "ReadmitAsked" | "ChangeProposed":
                self.asked[fact.mark] = fact

    def _invited(self, record: Recorded, fact: Any) -> None:
        asked, vouched = self.asked[fact.mark], set(fact.vouched)
        assert (asked.rung, asked.person, asked.by) == (fact.rung, fact.person, fact.by), record
        assert vouched <= self.yes[fact.mark] & set(asked.vouchers) & self.told.inside, record
        assert len(vouched) >= asked.needed, record
        assert not self.no[fact.mark], record
        assert not {asked.person, asked.by} & (vouched | self.told.shut), record
        all_for = set(asked.consenters) <= vouched
        assert not asked.waits or all_for or record.at >= asked.closes, record

    def _hats(self, record: Recorded, fact: Any, kind: str) -> None:
        match kind:
            case "HatOffered":
                assert fact.by != fact.person, record
                assert self._may(fact.by, self._hat(fact.hat).given.by), record
                self.asked[fact.mark] = fact
            case "HatAsked":
                offer = self.asked[fact.mark]
                consent = self._hat(offer.hat).given.consent
                still = {one for one in self.no[fact.mark] if consent and self._belongs(one, consent.of)}
                assert not still, record
                assert not offer.entitled or record.at >= offer.closes, record
                self.yes[fact.mark].add("asked")
            case "HatTaken":
                offer = self.asked[fact.mark]
                assert "asked" in self.yes[fact.mark], record
                assert (offer.hat, offer.person, offer.by) == (fact.hat, fact.person, fact.by), record
                hat = self._hat(fact.hat)
                assert self._may(fact.by, hat.given.by), record
                assert self._belongs(fact.person, hat.needs), record
                assert len(self.told.hats[fact.hat] - {fact.person}) < hat.most, record

    def _leaves(self, record: Recorded, fact: Any, kind: str) -> None:
        yes = self.agreed[record.stream]
        match kind:
            case "LeafAsked" | "SeatTaken":
                yes.clear()
            case "SeatLeft":
                yes.discard(fact.person)
            case "LeafAgreed":
                (yes.add if fact.yes else yes.discard)(fact.person)
            case "LeafOpened":
                crew = self.told.crews[record.stream.split("/")[2]]
                assert crew.seats, record
                assert crew.seats <= yes, f"{record}: only {yes} of {crew.seats} said so"

    def _safety(self, record: Recorded, fact: Any, kind: str) -> None:
        match kind:
            case "PauseAsked":
                assert fact.by in self.told.hats[KEYS], record
            case "Paused":
                first, second = fact.by
                assert self.asked[fact.mark].by == first != second, record
                assert {first, second} <= self.told.hats[KEYS] - {fact.person}, record
                days = self.told.charter.pause.days
                assert fact.until <= record.at + days * _DAY, record
            case "PauseEnded":
                pause = self.told.pauses[fact.mark][0]
                may = self.told.hats[KEYS] | set(pause.by)
                assert fact.by in may if fact.by else record.at >= pause.until, record
            case "RemovalAsked":
                assert self._may(fact.by, self.told.charter.removal.propose), record
            case "Removed":
                asked = self.asked[fact.mark]
                assert record.at >= asked.closes, record
                assert len(self.yes[fact.mark] & set(asked.entitled)) >= asked.needed, record
                assert asked.needed * 2 > len(asked.entitled), record
            case "Readmitted":
                first, second = fact.by
                assert self.asked[fact.mark].by == first != second, record
                propose = self.told.charter.removal.propose
                assert self._belongs(first, propose), record
                assert self._belongs(second, propose), record

    def _changes(self, record: Recorded, fact: Any, kind: str) -> None:
        match kind:
            case "ChangeAgreed":
                asked = self.asked[fact.mark]
                assert set(fact.agreed) <= self.yes[fact.mark] & set(asked.entitled), record
                assert len(fact.agreed) >= asked.needed, record
                self.passed[record.cause] = (asked.charter, set(fact.agreed))
            case "CharterChanged":
                agreed = self.passed.get(record.cause)
                assert agreed is not None, record
                assert agreed[0] == fact.charter, record
            case "PlanAllowed":
                assert fact.by in self.told.hats[KEYS], record
            case "DriftSettled" if fact.mark:
                assert fact.by in self.told.hats[KEYS], record

    def _rule(self, rung: str) -> Any:
        if rung == "anyone":
            return self.told.charter.door.rule
        return next((one.door for one in self.told.charter.rungs if one.key == rung), None)

    def _hat(self, key: str) -> Any:
        found = next((hat for hat in self.told.charter.hats if hat.key == key), None)
        return found or _KEYS

    def _belongs(self, person: str, group: str) -> bool:
        told = self.told
        if person in told.shut:
            return False
        if group == "keyholders":
            return person in told.hats[KEYS]
        if any(hat.key == group for hat in told.charter.hats):
            return person in told.hats[group]
        return person in told.inside and told.reaches(person, group)

    def _may(self, person: str, group: str) -> bool:
        """Return whether somebody belongs to a group, or holds the keys where nobody does."""
        return self._belongs(person, group) or person in self.told.hats[KEYS]
