"""A community with sisters and guests, as facts that are written at once: as if all had happened long ago."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from crewhall.charter.model import Charter, Door, Place, Rung, Sisters
from crewhall.ground.facts import Fact, Stream, Writing
from crewhall.ground.ids import CommunityKey, RoomId, RoomKey, RungKey, UserId, place, root, rung, rung_room
from crewhall.life.standing.facts import Arrived, Stood
from crewhall.testing import creation
from crewhall.testing.world import Asker, World
from crewhall_bridges.sister.bond import Link, Side, mark_of, statement
from crewhall_bridges.sister.facts import (
    KeeperAnswered,
    LetterboxFound,
    LetterboxOffered,
    LinkAgreed,
    LinkAsked,
    LinkNamed,
    StatementHeard,
)
from crewhall_bridges.sister.terms import Half, Terms, compose
from crewhall_bridges.sister.visiting.facts import PassGiven, VisitAsked
from crewhall_bridges.sister.wire import event_type

BENCH, FRIENDS = CommunityKey("bench"), RungKey("friends")
ROOMS = (
    root(BENCH),
    place(BENCH, "lobby"),
    rung(BENCH, FRIENDS),
    rung_room(BENCH, FRIENDS, "commons"),
    rung_room(BENCH, FRIENDS, "finder"),
)
"""The five rooms in which guests are."""
LINKS, VISITS = Stream(f"{BENCH}/sisters"), Stream(f"{BENCH}/visits")
FLOWS = ("introductions", "guests")
STAY = timedelta(days=20)
YEAR = timedelta(days=365)


def charter(key: str = BENCH, *founders: str) -> Charter:
    """Return a charter of five rooms, all of them open to guests; one person alone decides on links."""
    return Charter(
        key=key,
        name=key.title(),
        founders=founders,
        door=Door(join="public"),
        places=(Place(key="lobby", name="Lobby"),),
        rungs=(
            Rung(
                key=FRIENDS,
                name="Friends",
                rooms=(Place(key="commons", name="Commons"), Place(key="finder", name="Crew finder")),
            ),
        ),
        sisters=Sisters(others=0, days=0, flows=FLOWS, guests_to=FRIENDS),
    )


class Sister:
    """A community elsewhere with which ours is linked."""

    def __init__(self, n: int, me: UserId, at: datetime) -> None:
        self.keeper = UserId(f"@keeper:s{n}.test")
        self.me = me
        self.at = at
        self.mark = mark_of(self.keeper, "")
        self._review: date = (at + YEAR).date()
        self._ours = Half(me, BENCH, BENCH.title(), FLOWS, self._review)
        self._theirs = Half(self.keeper, f"s{n}", f"Sister {n}", FLOWS, self._review)

    @property
    def box(self) -> RoomKey:
        """Our letterbox for it."""
        return RoomKey(f"{BENCH}/sister/{self.mark}")

    @property
    def terms(self) -> Terms:
        """What both have agreed to."""
        return compose(self._ours, self._theirs)

    def letterbox(self, world: World) -> RoomId:
        """Have its letterbox for us in the world, with our keeper inside."""
        side = Side(self._theirs, 2, (self.terms,), until=self._review)
        seen_there = Link(self.mark, self.me, self.keeper, BENCH, self.keeper, self.at, side)
        said = {(event_type("treaty"), self.keeper): statement(seen_there)}
        levels = {"state_default": 100, "events_default": 100, "invite": 100}
        asked = creation.Asked("12", levels=levels, state=said, invite=(self.me,))
        room = creation.create(world, Asker(self.keeper), asked)
        world.enter(world.asker(self.me), room)
        return room

    def facts(self, host: UserId, room: RoomId) -> Iterator[Fact]:
        """Yield how the link was made."""
        question = f"question-{self.mark}"
        offer = (2, self._theirs, (self.terms,), (), (), self._review, False)
        yield LinkNamed(self.mark, self.keeper, self.me, "", host, self._ours)
        yield LetterboxOffered(self.keeper, self.me, room)
        yield LetterboxFound(self.mark, room)
        yield LinkAsked(
            self.mark, question, self.terms, host, (host,), 1, self.at + timedelta(days=14), waits=False
        )
        yield LinkAgreed(self.mark, question, (host,), ())
        yield StatementHeard(self.mark, *offer)
        yield KeeperAnswered(self.mark, here=True)


def visit(link: str, person: UserId, host: UserId, at: datetime) -> tuple[Writing, ...]:
    """Return how somebody became a guest."""
    mark, until = f"visit-{person}", (at + STAY).date()
    asked = VisitAsked(mark, link, person, f"introduction-{person}", until, (host,))
    given = PassGiven(mark, person, host, FRIENDS, until)
    return Writing(VISITS, asked), Writing(VISITS, given)


def came(person: UserId) -> tuple[Writing, ...]:
    """Return that somebody was seen to come into the space, and on to the rung."""
    return Writing(Stream(BENCH), Arrived(person)), Writing(Stream(BENCH), Stood(FRIENDS, person))
