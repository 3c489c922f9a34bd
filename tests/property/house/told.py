"""A second reading of the ledger, naive and short: who is where, who wears what, whose doors are closed.

It shares no line with the service's own folds. Fed record by record, in order.
"""

from collections import defaultdict
from typing import Any

from crewhall.charter.model import Charter
from crewhall.ground.facts import Recorded
from house.crews import CrewTold

ANYONE, KEYS = "anyone", "keys"


class Told:
    """The story so far."""

    def __init__(self) -> None:
        self.charter = Charter(key="none", name="None")
        self.key = ""
        self.inside: set[str] = set()
        self.gone: set[str] = set()
        self.on: dict[str, set[str]] = defaultdict(set)
        self.down: dict[str, set[str]] = defaultdict(set)
        self.asked: dict[str, set[str]] = defaultdict(set)
        self.turned: dict[str, set[str]] = defaultdict(set)
        self.hats: dict[str, set[str]] = defaultdict(set)
        self.founders: set[str] = set()
        self.founding: set[str] = set()
        self.pauses: dict[str, tuple[Any, set[str], set[str], set[str]]] = {}
        self.removed: set[str] = set()
        self.crews: dict[str, CrewTold] = {}
        self.places: dict[str, tuple[str, str]] = {}
        self.plan: Any = None
        self.drifts: dict[tuple[str, str], Any] = {}
        self.questions: dict[str, Any] = {}
        self.left_so: set[tuple[str, str]] = set()

    @property
    def shut(self) -> set[str]:
        """Return for whom the doors are closed."""
        return {pause[0].person for pause in self.pauses.values()} | self.removed

    @property
    def rungs(self) -> list[str]:
        return [rung.key for rung in self.charter.rungs]

    def reaches(self, person: str, rung: str) -> bool:
        if rung == ANYONE:
            return person in self.inside
        rungs = self.rungs
        return rung in rungs and any(person in self.on[key] for key in rungs[rungs.index(rung) :])

    def awaited(self, person: str, rung: str) -> bool:
        """Return whether somebody is invited by the rule, or as a founder who has not gone out."""
        out = self.gone if rung == ANYONE else self.down[rung]
        return person in self.asked[rung] or (person in self.founding & self.hats[KEYS] and person not in out)

    def read(self, record: Recorded) -> None:
        """Take one record in."""
        fact: Any = record.fact
        kind = type(fact).__name__
        if "/crew/" in record.stream:
            self.crews.setdefault(record.stream.split("/")[2], CrewTold()).read(kind, fact)
        else:
            self._places(kind, fact)
            self._asks(kind, fact)
            self._hats(kind, fact)
            self._doors(kind, fact)
            self._plans(kind, fact)
            for person in self.shut:
                self._out(person)
        self._lose()

    def _places(self, kind: str, fact: Any) -> None:
        match kind:
            case "Founded":
                self.charter, self.key = fact.charter, fact.charter.key
                self.founders = self.founding = set(fact.founders)
                self.hats[KEYS] = set(fact.founders)
            case "CharterChanged":
                self._rechartered(fact.charter)
            case "Arrived":
                self.inside.add(fact.person)
                self.gone.discard(fact.person)
                self.asked[ANYONE].discard(fact.person)
            case "Departed":
                self.inside.discard(fact.person)
                self.gone.add(fact.person)
                for rung, people in self.asked.items():
                    if fact.person in people:
                        people.discard(fact.person)
                        if rung != ANYONE:
                            self.turned[rung].add(fact.person)
                            self.down[rung].add(fact.person)
            case _:
                self._steps(kind, fact)

    def _steps(self, kind: str, fact: Any) -> None:
        match kind:
            case "Stood":
                self.on[fact.rung].add(fact.person)
                self.down[fact.rung].discard(fact.person)
                self.asked[fact.rung].discard(fact.person)
            case "LeftRung":
                self.on[fact.rung].discard(fact.person)
                self.down[fact.rung].add(fact.person)
                self.asked[fact.rung].discard(fact.person)
            case "SteppedDown" | "KeepingFailed":
                for rung in fact.rungs:
                    self.on[rung].discard(fact.person)
                    self.asked[rung].discard(fact.person)
                    self.down[rung].add(fact.person)
                    self.turned[rung].add(fact.person)

    def _rechartered(self, new: Charter) -> None:
        for rung in set(self.rungs) - {rung.key for rung in new.rungs}:
            for people in (self.on, self.asked, self.turned):
                people.pop(rung, None)
        self.charter = new
        leaves = {leaf.key for leaf in new.crews.leaves}
        for crew in self.crews.values():
            crew.open &= leaves

    def _asks(self, kind: str, fact: Any) -> None:
        match kind:
            case "Proposed":
                self.places[fact.mark] = (fact.rung, fact.person)
            case "InvitationGiven":
                self.asked[fact.rung].add(fact.person)
                self.turned[fact.rung].discard(fact.person)
            case "ProposalWithdrawn" | "InvitationLapsed":
                rung, person = self.places[fact.mark]
                if person in self.asked[rung]:
                    self.asked[rung].discard(person)
                    self.turned[rung].add(person)
            case "TurnedAway":
                self.turned[fact.rung].add(fact.person)
                if fact.by == fact.person:
                    (self.gone if fact.rung == ANYONE else self.down[fact.rung]).add(fact.person)

    def _hats(self, kind: str, fact: Any) -> None:
        match kind:
            case "HatTaken":
                self.hats[fact.hat].add(fact.person)
            case "HatDropped":
                self.hats[fact.hat].discard(fact.person)
                if fact.hat == KEYS:
                    self.founding = self.founding - {fact.person}
            case "HatsLost":
                for hat in fact.hats:
                    self.hats[hat].discard(fact.person)

    def _doors(self, kind: str, fact: Any) -> None:
        match kind:
            case "Paused":
                hats = {hat for hat, people in self.hats.items() if fact.person in people}
                turned = {rung for rung, people in self.turned.items() if fact.person in people}
                spaces = {ANYONE} if fact.person in self.gone else set()
                spaces |= {rung for rung in self.rungs if fact.person in self.down[rung]}
                self.pauses[fact.mark] = (fact, hats, turned, spaces)
            case "PauseEnded":
                self._given_back(*self.pauses.pop(fact.mark))
            case "Removed":
                for mark, pause in list(self.pauses.items()):
                    if pause[0].person == fact.person:
                        del self.pauses[mark]
                self.removed.add(fact.person)
            case "Readmitted":
                self.removed.discard(fact.person)
                self.gone.discard(fact.person)
                for people in self.turned.values():
                    people.discard(fact.person)
                self.asked[ANYONE].add(fact.person)

    def _given_back(self, pause: Any, hats: set[str], turned: set[str], out: set[str]) -> None:
        person = pause.person
        if person in self.removed:
            return
        there = {KEYS} | {hat.key for hat in self.charter.hats}
        for hat in hats & there:
            self.hats[hat].add(person)
        for rung in (ANYONE, *self.rungs):
            if rung not in turned or rung in pause.rungs:
                self.turned[rung].discard(person)
            if rung not in out:
                (self.gone if rung == ANYONE else self.down[rung]).discard(person)
        for rung in pause.rungs:
            if rung in (ANYONE, *self.rungs):
                self.asked[rung].add(person)

    def _out(self, person: str) -> None:
        self.inside.discard(person)
        self.gone.add(person)
        for hat in self.hats.values():
            hat.discard(person)
        for rung in (ANYONE, *self.rungs):
            self.on[rung].discard(person)
            self.asked[rung].discard(person)
            self.turned[rung].add(person)
            if rung != ANYONE:
                self.down[rung].add(person)

    def _plans(self, kind: str, fact: Any) -> None:
        match kind:
            case "PlanShown":
                self.plan = fact
            case "PlanDone" | "PlanGone" if self.plan is not None and self.plan.mark == fact.mark:
                self.plan = None
            case "DriftAsked":
                self.drifts[fact.room, fact.kind] = self.questions[fact.mark] = fact
            case "DriftGone":
                self.drifts = {at: one for at, one in self.drifts.items() if one.mark != fact.mark}
            case "DriftSettled":
                self.drifts.pop((fact.room, fact.kind), None)
                if fact.how == "leave":
                    self.left_so.add((fact.room, fact.kind))
            case "DriftUnsettled":
                asked = self.questions[fact.mark]
                self.drifts[asked.room, asked.kind] = asked
                self.left_so.discard((asked.room, asked.kind))

    def _lose(self) -> None:
        """Take hats off whoever no longer stands where they are worn and is not waited for."""
        for hat, people in self.hats.items():
            for person in sorted(people):
                if not self._keeps(hat, person):
                    people.discard(person)
                    if hat == KEYS:
                        self.founding = self.founding - {person}

    def _keeps(self, hat: str, person: str) -> bool:
        needs = next((one.needs for one in self.charter.hats if one.key == hat), ANYONE)
        if hat != KEYS and not any(one.key == hat for one in self.charter.hats):
            return False
        if self._fits(person, needs):
            return True
        if hat == KEYS and person in self.founding:
            if person not in self.gone:
                return True
        elif person in self.inside:
            if person in self.asked[needs]:
                return True
        else:
            chain = self.rungs[self.rungs.index(needs) :] if needs in self.rungs else [ANYONE, *self.rungs]
            if any(person in self.asked[rung] for rung in chain):
                return True
        return hat == KEYS and not any(self._fits(one, ANYONE) for one in self.hats[KEYS] - {person})

    def _fits(self, person: str, needs: str) -> bool:
        return person in self.inside and self.reaches(person, needs) and person not in self.shut
