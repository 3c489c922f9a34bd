"""Promises about what a sister can do to us by what it states: nothing."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crewhall.charter.model import Charter
from crewhall.ground.ids import RoomId, UserId
from crewhall.ground.rooms import RoomSeen
from crewhall_bridges.sister import wire
from crewhall_bridges.sister.bond import flows_open, state_of, statement
from crewhall_bridges.sister.cards import ASK, YES
from crewhall_bridges.sister.fold import MOST_OFFERED, MOST_TRIES
from crewhall_bridges.sister.testing import Town, meet, with_content

HERE, DALE, MALLORY = (UserId(f"@keeper:{name}.example") for name in ("here", "dale", "mallory"))


def town(key: str, me: UserId) -> Town:
    server = me.partition(":")[2]
    hosts = [UserId(f"@{name}:{server}") for name in ("ada", "bea")]
    said = {"key": key, "name": key.title(), "founders": hosts}
    return Town(Charter.model_validate(said), me, inside=hosts)


def host(one: Town, name: str) -> UserId:
    return UserId(f"@{name}:{one.me.partition(':')[2]}")


def link_both() -> tuple[Town, Town]:
    here, dale = town("rivendell", HERE), town("dale", DALE)
    here.tell(host(here, "ada"), "link with", DALE)
    dale.tell(host(dale, "ada"), "link with", HERE)
    meet(here, dale)
    for one in (here, dale):
        one.react_to(one.card(ASK), host(one, "bea"), YES)
    meet(here, dale)
    assert state_of(here.link, here.now) == "holds"
    return here, dale


BOTH = link_both()


@pytest.fixture
def two() -> tuple[Town, Town]:
    return link_both()


def next_of(one: Town, **changes: Any) -> Mapping[str, Any]:
    content: dict[str, Any] = json.loads(json.dumps(dict(statement(one.link))))
    return content | {"seq": content["seq"] + 1} | changes


def has_changed_nothing(here: Town, look: Callable[[], None]) -> str | None:
    """Return what is told to be wrong, after a look that must change no flow and no terms."""
    before = (flows_open(here.link, here.now), here.link.ours, here.link.theirs)
    told = len(here.says)
    look()
    after = (flows_open(here.link, here.now), here.link.ours, here.link.theirs)
    assert before == after
    assert len(here.says) - told <= 2
    records = len(here.records)
    look()
    assert len(here.records) == records, "told once"
    return here.link.health.trouble


ROOMS: list[tuple[str, Callable[[RoomSeen], RoomSeen]]] = [
    ("creator", lambda seen: replace(seen, creators=frozenset({DALE, MALLORY}))),
    ("creator", lambda seen: replace(seen, creators=frozenset({MALLORY}))),
    ("version", lambda seen: replace(seen, version="9")),
    ("version", lambda seen: replace(seen, version="org.evil.99")),
    ("space", lambda seen: replace(seen, space=True)),
    ("type", lambda seen: replace(seen, kind="m.server_notice")),
    ("type", lambda seen: replace(seen, kind="org.crewhall.sister.treaty")),
    ("powers", lambda seen: replace(seen, powers={**seen.powers, "users": {MALLORY: 100}})),
    ("powers", lambda seen: replace(seen, powers={**seen.powers, "users_default": 100})),
    ("powers", lambda seen: replace(seen, powers={**seen.powers, "users_default": "0"})),
    ("powers", lambda seen: replace(seen, powers={**seen.powers, "users": [MALLORY]})),
    ("powers", lambda seen: replace(seen, powers={**seen.powers, "state_default": 0})),
    ("powers", lambda seen: replace(seen, powers={**seen.powers, "events": {"m.room.power_levels": 0}})),
    ("powers", lambda seen: replace(seen, powers={**seen.powers, "events": {"org.crewhall.sister.note": 0}})),
    ("missing", lambda seen: replace(seen, statements={})),
    ("moved", lambda seen: replace(seen, tombstone=RoomId("!new"))),
]


@pytest.mark.parametrize(("what", "spoil"), ROOMS, ids=map(str, range(len(ROOMS))))
def test_a_letterbox_that_others_could_write_in_is_not_believed(
    two: tuple[Town, Town], what: str, spoil: Callable[[RoomSeen], RoomSeen]
) -> None:
    here, dale = two
    seen = spoil(dale.box(dale.link))
    assert has_changed_nothing(here, lambda: here.look(seen)) == what


def test_a_letterbox_that_is_well_again_is_told_to_be_well(two: tuple[Town, Town]) -> None:
    here, dale = two
    here.look(replace(dale.box(dale.link), statements={}))
    assert here.link.health.trouble == "missing"
    here.look(dale.box(dale.link))
    assert here.link.health.trouble is None


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        ("unreadable", {"seq": 0}),
        ("unreadable", {"seq": True}),
        ("unreadable", {"seq": 1.5}),
        ("unreadable", {"seq": 2**60}),
        ("unreadable", {"until": "2027-02-30"}),
        ("unreadable", {"contacts": ["@a:x"] * 3}),
        ("unreadable", {"contacts": ["no-name"]}),
        ("unreadable", {"ended": "yes"}),
        ("unreadable", {"new": [[[[[[[[[]]]]]]]]]}),
        ("unreadable", {"new": ["x"] * 3_000}),
        ("unreadable", {"new": "x" * 60_000}),
        ("unreadable", {"to": {"keeper": MALLORY}}),
        ("unreadable", {"to": {"keeper": HERE, "community": "lothlorien"}}),
    ],
    ids=map(str, range(13)),
)
def test_what_cannot_be_read_changes_nothing(
    two: tuple[Town, Town], what: str, changes: dict[str, Any]
) -> None:
    here, dale = two
    seen = with_content(dale.box(dale.link), next_of(dale, **changes))
    assert has_changed_nothing(here, lambda: here.look(seen)) == what


def test_a_blanked_statement_is_unknown_and_never_a_no(two: tuple[Town, Town]) -> None:
    here, dale = two
    seen = with_content(dale.box(dale.link), {})
    assert has_changed_nothing(here, lambda: here.look(seen)) == "blank"


def test_nobody_else_speaks_in_a_keepers_slot(two: tuple[Town, Town]) -> None:
    here, dale = two
    seen = with_content(dale.box(dale.link), next_of(dale, ended=True), sender=MALLORY)
    assert has_changed_nothing(here, lambda: here.look(seen)) == "missing"


def test_another_statement_under_the_same_number_is_told_and_not_taken(two: tuple[Town, Town]) -> None:
    here, dale = two
    content = next_of(dale)
    terms = dict(content["agreed"][0], agreements="Something else.")
    seen = with_content(dale.box(dale.link), {**content, "seq": content["seq"] - 1, "agreed": [terms]})
    assert has_changed_nothing(here, lambda: here.look(seen)) == "changed"


def test_terms_changed_after_signing_are_no_longer_agreed(two: tuple[Town, Town]) -> None:
    here, dale = two
    terms = dict(next_of(dale)["agreed"][0], review="2099-01-01")
    here.look(with_content(dale.box(dale.link), next_of(dale, agreed=[terms])))
    assert not flows_open(here.link, here.now)
    assert state_of(here.link, here.now) == "asked"


def test_terms_between_others_are_not_read(two: tuple[Town, Town]) -> None:
    here, dale = two
    terms = dict(next_of(dale)["agreed"][0])
    terms["parties"] = {DALE: terms["parties"][DALE], MALLORY: terms["parties"][HERE]}
    seen = with_content(dale.box(dale.link), next_of(dale, agreed=[terms]))
    assert has_changed_nothing(here, lambda: here.look(seen)) == "unreadable"


def test_an_older_statement_is_ignored_and_the_sister_can_find_out(two: tuple[Town, Town]) -> None:
    here, dale = two
    old = dale.box(dale.link)
    dale.tell(host(dale, "ada"), "link close guests with rivendell")
    meet(here, dale)
    read = here.link.theirs
    here.look(old)
    assert here.link.theirs == read
    assert here.link.health.trouble == "back"
    assert here.link.ours.last == dale.link.ours.seq
    assert ("in", "guests") not in flows_open(here.link, here.now)


def test_a_sister_that_went_back_after_a_backup_numbers_beyond_what_was_read(two: tuple[Town, Town]) -> None:
    here, dale = two
    kept = (dale.house, list(dale.records))
    for _ in range(2):
        dale.tell(host(dale, "ada"), "link close guests with rivendell")
        dale.tell(host(dale, "ada"), "link close introductions with rivendell")
        meet(here, dale)
    dale.house, dale.records = kept
    meet(here, dale)
    assert here.link.health.trouble is None
    assert here.link.theirs is not None
    assert here.link.theirs.seq == dale.link.ours.seq
    assert flows_open(here.link, here.now) == flows_open(dale.link, dale.now)


def test_a_lie_about_what_was_read_does_not_drive_our_numbers_away(two: tuple[Town, Town]) -> None:
    here, dale = two
    before = here.link.ours.seq
    here.look(with_content(dale.box(dale.link), next_of(dale, last=2**53 - 1)))
    assert here.link.ours.seq == before


def test_a_sister_cannot_speak_for_people_of_ours(two: tuple[Town, Town]) -> None:
    here, dale = two
    people = [host(here, "ada"), host(dale, "bea")]
    here.look(with_content(dale.box(dale.link), next_of(dale, contacts=people)))
    assert here.link.theirs is not None
    assert here.link.theirs.contacts == (host(dale, "bea"),)


def test_a_name_that_imitates_ours_stands_with_its_server(two: tuple[Town, Town]) -> None:
    here, dale = two
    offer = {**next_of(dale)["offer"], "name": "Rivendell"}
    here.look(with_content(dale.box(dale.link), next_of(dale, offer=offer)))
    assert here.link.called == "Rivendell (dale.example)"


def test_another_letterbox_is_told_and_followed_only_when_somebody_says_so(two: tuple[Town, Town]) -> None:
    here, dale = two
    old, moved = here.link.room, replace(dale.box(dale.link), room=RoomId("!moved"))
    assert here.asked_in(DALE, RoomId("!moved"))
    here.look(moved)
    here.look(dale.box(dale.link))
    here.look(moved)
    assert (here.link.room, here.link.health.trouble) == (old, "moved")
    assert here.told().count("sister-trouble") == 2
    here.tell(host(here, "ada"), "link with", DALE)
    here.look(moved)
    assert (here.link.room, here.link.health.trouble) == (RoomId("!moved"), None)
    assert state_of(here.link, here.now) == "holds"


def test_a_flood_of_invitations_is_bounded(two: tuple[Town, Town]) -> None:
    here, _ = two
    went = sum(here.asked_in(DALE, RoomId(f"!flood{n}")) for n in range(100))
    assert went <= MOST_TRIES
    assert len(here.link.offered) <= MOST_OFFERED


def test_a_flood_of_news_is_told_of_a_few_times(two: tuple[Town, Town]) -> None:
    here, dale = two
    before = len(here.says)
    for n in range(100):
        closed = {DALE: {"guests": 1}} if n % 2 else {}
        content = next_of(dale, closed=closed)
        here.look(with_content(dale.box(dale.link), {**content, "seq": content["seq"] + n}))
    assert len(here.says) - before <= 2 * 10
    here.wait(timedelta(days=2))
    content = next_of(dale, ended=True)
    here.look(with_content(dale.box(dale.link), {**content, "seq": content["seq"] + 200}))
    assert here.told()[-1] == "sister-ended-theirs"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("\ud800"),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | st.just("v"), inner, max_size=4)
    ),
    max_leaves=20,
)
FIELDS = sorted({name for model in wire.MODELS.values() for name in model.model_fields})


@given(st.sampled_from(wire.KINDS), JSON | st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=9))
def test_reading_never_raises(kind: wire.Kind, content: object) -> None:
    found = wire.read(kind, content)
    assert isinstance(found, (wire.MODELS[kind], wire.Unreadable))


@given(st.dictionaries(st.sampled_from(sorted(wire.Treaty.model_fields)), JSON, min_size=1, max_size=3))
def test_no_content_of_any_kind_raises_or_opens_anything(changes: dict[str, Any]) -> None:
    here, dale = BOTH
    seen = with_content(dale.box(dale.link), {**next_of(dale), **changes})
    kept = (here.house, list(here.records), list(here.says))
    before = flows_open(here.link, here.now)
    here.look(seen)
    assert flows_open(here.link, here.now) <= before
    here.house, here.records, here.says = kept


def test_cyclic_content_is_refused() -> None:
    content: dict[str, Any] = {"v": 1}
    content["again"] = content
    assert wire.read("treaty", content) == wire.Unreadable("too-deep")
