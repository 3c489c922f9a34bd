"""A house that lives from facts alone: what people do is decided, recorded as a ledger would, and folded.

For tests of rules: no rooms, no homeserver, no database. Every decision's facts are recorded once per
cause and only on the versions they were decided on, as `crewhall.ports.Ledger` promises.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.errors import Stale
from crewhall.flows.recording import merged
from crewhall.ground import ids
from crewhall.ground.facts import Fact, Recorded, Stream, Writing
from crewhall.ground.hall import ANYONE, Hall, House
from crewhall.ground.ids import CommunityKey, EventId, RoomId, RoomKey, UserId
from crewhall.ground.ladder import rung_at, stands
from crewhall.ground.rooms import Membership, RoomWish
from crewhall.ground.talk import Answer, Arguments, Asked, Card, Decision, Gesture, Outcome, Refusal, Say
from crewhall.life.community.facts import Founded
from crewhall.life.standing.facts import Stood

KEEPER = UserId("@keeper:here")
BEGAN = datetime(2026, 5, 3, 14, 5, tzinfo=UTC)


class Story:
    """A community and what happens in it. `says` holds everything said so far, `records` all facts."""

    def __init__(
        self,
        charter: Charter | None = None,
        *,
        inside: Iterable[UserId] = (),
        shelf: Mapping[str, Charter] | None = None,
    ) -> None:
        self.house = House(shelf=dict(shelf or {}))
        self.now = BEGAN
        self.records: list[Recorded] = []
        self.says: list[Say] = []
        self._causes: set[str] = set()
        self._events = 0
        self.key = CommunityKey(charter.key if charter else "")
        if charter is not None:
            self.found(charter)
        for person in inside:
            self.gesture(ids.root(self.key), person, "join")

    @property
    def hall(self) -> Hall:
        """The community."""
        return self.house.halls[self.key]

    def found(self, charter: Charter) -> None:
        """Found it as the operator's command line does."""
        bare = charter.model_copy(update={"founders": ()})
        self.key = CommunityKey(charter.key)
        founded = Founded(bare, tuple(map(UserId, charter.founders)))
        self.record(self.event(), (Writing(Stream(charter.key), founded, 0),))

    def stands(self, place: RoomKey, person: UserId) -> None:
        """Have somebody stand on the rung of this space already, if there is one."""
        rung = rung_at(self.hall, place)
        if rung is not None and rung != ANYONE and stands(self.hall, person, rung) is None:
            self.record(self.event(), (Writing(Stream(self.key), Stood(rung, person)),))

    def event(self) -> EventId:
        """Return a new event id."""
        self._events += 1
        return EventId(f"$e{self._events}")

    def record(self, cause: str, facts: Iterable[Writing]) -> None:
        """Append facts, all or none, each cause once; raise `Stale` as a ledger does."""
        facts = tuple(facts)
        if cause in self._causes:
            return
        versions = dict(self.house.versions)
        for writing in facts:
            found = versions.get(writing.stream, 0)
            if writing.expected is not None and writing.expected != found:
                raise Stale(writing.stream, writing.expected, found)
            versions[writing.stream] = found + 1
        if facts:
            self._causes.add(cause)
        for writing in facts:
            version = self.house.versions.get(writing.stream, 0) + 1
            seq = len(self.records) + 1
            recorded = Recorded(seq, writing.stream, version, cause, self.now, writing.fact)
            self.records.append(recorded)
            self.house = rules.evolve(self.house, recorded)

    def act(self, cause: str, decision: Decision | None) -> Decision | None:
        """Record and say what was decided."""
        if decision is not None and cause not in self._causes:
            self.record(cause, decision.facts)
            self.says += decision.says
        return decision

    def say(
        self,
        person: UserId,
        line: str,
        *people: UserId,
        place: RoomKey | None = None,
        cause: EventId | None = None,
        operator: bool = False,
    ) -> Outcome:
        """Say a command (without the ``!``); return its outcome, recorded if it is a decision."""
        words = line.split()
        verbs = (verb for capability in rules.CAPABILITIES for verb in capability.verbs)
        verb = max(
            (v for v in verbs if v.words == tuple(words[: len(v.words)])), key=lambda found: len(found.words)
        )
        asked = Asked(
            person, RoomId("!said"), place, cause or self.event(), self.now, KEEPER, operator=operator
        )
        given = Arguments(tuple(words[len(verb.words) :]), people)
        if verb.run is not None:
            outcome = verb.run(self.hall, asked, given)
        elif verb.run_house is not None:
            outcome = verb.run_house(self.house, asked, given)
        else:
            raise AssertionError(verb)
        if isinstance(outcome, Decision):
            self.act(asked.cause, outcome)
        return outcome

    def gesture(
        self,
        place: RoomKey,
        person: UserId,
        membership: Membership,
        *,
        by: UserId | None = None,
        cause: EventId | None = None,
    ) -> tuple[Decision, ...]:
        """Have a membership change; return what followed."""
        seen = Gesture(place, person, membership, by or person, cause or self.event(), self.now, KEEPER)
        decisions = rules.gesture(self.house, seen)
        self.act(seen.cause, merged(decisions))
        return decisions

    def react(
        self, card: Card, person: UserId, choice: str, *, cause: EventId | None = None
    ) -> Decision | None:
        """React to a card."""
        given = Answer(card, person, choice, cause or self.event(), self.now, KEEPER)
        return self.act(given.cause, rules.answer(self.house, given))

    def take_back(self, cause: str, person: UserId) -> None:
        """Redact an event: each record that it caused is asked about."""
        for recorded in [r for r in self.records if r.cause == cause]:
            asked = Asked(person, RoomId("!said"), None, self.event(), self.now, KEEPER)
            for capability in rules.CAPABILITIES:
                self.act(asked.cause, capability.withdraw(self.hall, recorded, asked))

    def wait(self, span: timedelta) -> None:
        """Let time pass, and do what it makes due."""
        self.now += span
        for cause in [cause for cause, _ in rules.due(self.house, self.now)]:
            self.act(cause, dict(rules.due(self.house, self.now)).get(cause))

    def wish(self, key: RoomKey) -> RoomWish:
        """Return a room as it should be; it must be wanted."""
        wish = rules.wish(self.house, key)
        if wish is None:
            raise AssertionError(key)
        return wish

    def card(self, kind: str) -> Card:
        """Return the card of this kind that was said last."""
        return next(say.card for say in reversed(self.says) if say.card is not None and say.card.kind == kind)

    def told(self) -> list[str]:
        """Return the names of all sentences said so far."""
        return [say.text.id for say in self.says]

    def facts(self, kind: str) -> list[Fact]:
        """Return all facts of this kind."""
        return [recorded.fact for recorded in self.records if type(recorded.fact).__name__ == kind]


def refused(outcome: Outcome) -> str:
    """Return the name of the sentence by which something was refused, "" if it was not."""
    return outcome.text.id if isinstance(outcome, Refusal) else ""
