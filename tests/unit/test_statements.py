"""What a room of ours states is written once, and again if it was lost; nobody else's words count as ours."""

from dataclasses import replace

from crewhall.ground.ids import EventId, RoomKey, UserId
from crewhall.ground.plan import plan_room
from crewhall.ground.rooms import JoinWish, PowerWish, RoomSeen, RoomWish, Statement
from crewhall.ground.steps import Put, Step
from crewhall.testing.looks import ME, made, rooms_of

OTHER = UserId("@keeper:dale")
TREATY = ("org.crewhall.sister.treaty", ME)
SAID = {"v": 1, "seq": 2}
WISH = RoomWish(
    key=RoomKey("rivendell/sister/dale"),
    alias="_crewhall_rivendell_sister_dale",
    name="Dale",
    join=JoinWish("invite"),
    powers=PowerWish(),
    statements={TREATY: SAID},
)


def steps(seen: RoomSeen, wish: RoomWish = WISH) -> tuple[Step, ...]:
    return plan_room(wish, seen, rooms_of([wish.key]), ME).steps


def written(seen: RoomSeen) -> list[object]:
    return [step.put.content for step in steps(seen) if isinstance(step, Put) and step.put.type == TREATY[0]]


def test_what_is_stated_when_the_room_is_made_is_not_stated_again() -> None:
    assert steps(made(WISH)) == ()


def test_what_is_lost_or_otherwise_is_stated() -> None:
    assert written(made(replace(WISH, statements={}))) == [SAID]
    assert written(made(replace(WISH, statements={TREATY: {"v": 1, "seq": 1}}))) == [SAID]
    assert written(made(replace(WISH, statements={TREATY: {}}))) == [SAID]


def test_somebody_elses_words_do_not_count_as_ours() -> None:
    seen = made(WISH)
    forged = {TREATY: Statement(SAID, OTHER, EventId("$forged"))}
    assert written(replace(seen, statements=forged)) == [SAID]


def test_what_else_is_stated_in_the_room_is_left_alone() -> None:
    more = {TREATY: SAID, ("org.crewhall.sister.recipe", "soup"): {"v": 1}}
    assert steps(made(replace(WISH, statements=more))) == ()


def test_what_a_locator_says_is_no_statement() -> None:
    assert set(made(WISH).statements) == {TREATY}


def test_a_plan_that_makes_a_room_with_statements_has_a_fingerprint_of_its_own() -> None:
    def fingerprint(wish: RoomWish) -> str:
        return plan_room(wish, None, rooms_of([]), ME).fingerprint

    assert fingerprint(WISH) == fingerprint(replace(WISH))
    assert fingerprint(WISH) != fingerprint(replace(WISH, statements={TREATY: {"v": 2}}))
