"""A promise: whatever is lost, late, doubled or out of order, nobody believes in a flow that is closed.

Two communities, and a network that delivers whole letterboxes as they once were: not at all, late, again, in
any order. What a side has closed is closed there at once, and on the other once the statement has arrived;
when the network heals both say the same; no question is put twice. Whoever is not in the letterbox that the
other has now, since one of them has ended the link, has the link ended, too.
"""

from collections import Counter
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from crewhall.charter.model import Charter
from crewhall.ground.ids import UserId
from crewhall.ground.rooms import RoomSeen
from crewhall.testing.long import at_length
from crewhall_bridges.sister.bond import flows_open, letterbox, links, state_of
from crewhall_bridges.sister.cards import ASK, NO, YES
from crewhall_bridges.sister.testing import Town, box_of, enter, meet
from crewhall_bridges.sister.wire import FLOWS

NAMES = ("rivendell", "dale")
SIDES = st.sampled_from((0, 1))
FLOW = st.sampled_from(FLOWS)
WAY = st.sampled_from(("with", "to", "from"))
TURNED = {"in": "out", "out": "in"}


def town(name: str) -> Town:
    hosts = [UserId(f"@{who}:{name}.example") for who in ("host", "other")]
    said = {"key": name, "name": name.title(), "founders": hosts, "sisters": {"flows": ["guests", "crews"]}}
    return Town(Charter.model_validate(said), UserId(f"@keeper:{name}.example"), inside=hosts)


class TwoHalls(RuleBasedStateMachine):
    """What people of two communities do, and what the network does."""

    @initialize(linked=st.booleans())
    def found(self, *, linked: bool) -> None:
        self.towns = tuple(map(town, NAMES))
        self.sent: tuple[list[RoomSeen], list[RoomSeen]] = ([], [])
        self.arrived, self.floor = [0, 0], [0, 0]
        self.heard: list[RoomSeen | None] = [None, None]
        if linked:
            for side in (0, 1):
                self.name(side)
            self.settle()
            for side in (0, 1):
                self.answer(side, yes=True)
            self.settle()
            assert all(state_of(one.link, one.now) == "holds" for one in self.towns)

    def host(self, side: int, who: str = "host") -> UserId:
        return UserId(f"@{who}:{NAMES[side]}.example")

    def send(self, side: int) -> None:
        boxes = list(self.towns[side].boxes().values())
        if boxes and (not self.sent[side] or self.sent[side][-1] != boxes[0]):
            self.sent[side].append(boxes[0])

    @rule(side=SIDES)
    def name(self, side: int) -> None:
        """Name the sister; whoever has left its letterbox comes in anew, and is shown it as it is then."""
        if any(link.ours.ended for link in links(self.towns[side].hall)):
            self.floor[1 - side] = max(0, len(self.sent[1 - side]) - 1)
        self.towns[side].tell(self.host(side), "link with", self.towns[1 - side].me)
        self.send(side)

    @rule(side=SIDES, yes=st.sampled_from((True, True, True, False)))
    def answer(self, side: int, *, yes: bool) -> None:
        one = self.towns[side]
        if any(link.question is not None for link in links(one.hall)):
            one.react_to(one.card(ASK), self.host(side, "other"), YES if yes else NO)
            self.send(side)

    @rule(side=SIDES, flow=FLOW, way=WAY)
    def close(self, side: int, flow: str, way: str) -> None:
        one = self.towns[side]
        one.tell(self.host(side, "other"), f"link close {flow} {way}", self.towns[1 - side].me)
        self.send(side)
        ways = {"with": {"in", "out"}, "to": {"out"}, "from": {"in"}}[way]
        for link in links(one.hall):
            assert not {(each, flow) for each in ways} & flows_open(link, one.now)

    @rule(side=SIDES, flow=FLOW, way=WAY)
    def open(self, side: int, flow: str, way: str) -> None:
        one = self.towns[side]
        before = [flows_open(link, one.now) for link in links(one.hall)]
        one.tell(self.host(side), f"link open {flow} {way}", self.towns[1 - side].me)
        assert before == [flows_open(link, one.now) for link in links(one.hall)]
        self.send(side)

    @rule(side=SIDES)
    def end(self, side: int) -> None:
        one = self.towns[side]
        one.tell(self.host(side), "unlink", self.towns[1 - side].me)
        self.send(side)
        assert all(state_of(link, one.now) == "ended" for link in links(one.hall))

    @rule(side=SIDES, days=st.integers(1, 40))
    def wait(self, side: int, days: int) -> None:
        del side
        for n, one in enumerate(self.towns):
            one.wait(timedelta(days=days))
            self.send(n)

    @rule(side=SIDES)
    def invitations_arrive(self, side: int) -> None:
        enter(self.towns[side], self.towns[1 - side])

    @rule(side=SIDES, data=st.data())
    def deliver(self, side: int, data: st.DataObject) -> None:
        """Deliver a letterbox of this side as it once was to the other, if that is in it; maybe once more."""
        if not self.sent[side] or not any(link.here for link in links(self.towns[side].hall)):
            return
        at = data.draw(st.integers(self.floor[side], len(self.sent[side]) - 1))
        other = self.towns[1 - side]
        other.look(self.sent[side][at])
        self.send(1 - side)
        entered = any(self.sent[side][at].room == link.room for link in links(other.hall))
        if entered:
            self.arrived[side] = max(self.arrived[side], at)
            self.heard[side] = self.sent[side][self.arrived[side]]

    @rule()
    def heal(self) -> None:
        self.settle()

    @invariant()
    def nobody_believes_in_what_the_other_closed(self) -> None:
        """The newest statement that arrived decides: what it says is closed is not open here."""
        for side, seen in enumerate(self.heard):
            for link in links(self.towns[1 - side].hall):
                if seen is None or link.theirs is None or link.terms is None:
                    continue
                ((said,),) = ([one.content for one in seen.statements.values()],)
                shut = said["closed"]
                assert isinstance(shut, dict)
                for keeper, flows in shut.items():
                    way = "out" if keeper == link.me else "in"
                    for flow, edition in flows.items():
                        if edition >= link.terms.edition:
                            assert (way, flow) not in flows_open(link, self.towns[1 - side].now)
                if said["ended"]:
                    assert not flows_open(link, self.towns[1 - side].now)

    @invariant()
    def nothing_is_asked_twice(self) -> None:
        for one in self.towns:
            marks = Counter(getattr(fact, "question", "") for fact in one.facts("LinkAsked"))
            assert not marks or max(marks.values()) == 1
            asked = len(one.facts("LinkAsked"))
            assert asked <= len(one.facts("LinkNamed")) + len(one.facts("OfferChanged"))

    def settle(self) -> None:
        meet(*self.towns)
        for side in (0, 1):
            self.send(side)
            if links(self.towns[1 - side].hall) and any(
                link.room is not None for link in links(self.towns[1 - side].hall)
            ):
                self.arrived[side] = max(0, len(self.sent[side]) - 1)
                self.heard[side] = self.sent[side][-1] if self.sent[side] else None

    def teardown(self) -> None:
        """When the network heals, both say the same of the treaty, and then nothing moves any more."""
        self.settle()
        here, dale = ([*links(one.hall), None][0] for one in self.towns)
        if here is None or dale is None or here.theirs is None or dale.theirs is None:
            return
        now = self.towns[0].now
        for one, other, other_town in ((here, dale, self.towns[1]), (dale, here, self.towns[0])):
            if other.shut:
                assert state_of(one, now) in {"ended", "resting"}
            elif one.room is None:
                continue
            elif other.here and one.room == box_of(letterbox(other_town.hall, other)):
                assert one.theirs.seq == other.ours.seq
            else:
                assert state_of(here, now) == state_of(dale, now) == "ended"
        assert here.shut <= (state_of(here, now) == "ended")
        assert here.shut or dale.shut or here.terms == dale.terms
        there = {(TURNED[way], flow) for way, flow in flows_open(dale, self.towns[1].now)}
        assert flows_open(here, now) == there
        counts = [len(one.records) for one in self.towns]
        meet(*self.towns)
        assert counts == [len(one.records) for one in self.towns]


TwoHalls.TestCase.settings = settings(max_examples=at_length(60), stateful_step_count=40, deadline=None)
TestTwoHalls = TwoHalls.TestCase
