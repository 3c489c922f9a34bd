"""Promises about recipes, notes and diaries: whoever is entitled shares, others copy, nothing is obeyed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.ids import EventId, UserId
from crewhall.ground.rooms import Content, RoomSeen, Statement
from crewhall.ground.talk import Outcome, Refusal, ToRoom, Usage, Verbatim
from crewhall.testing.story import refused
from crewhall.text import render
from crewhall_bridges.sister import recipes, wire
from crewhall_bridges.sister.bond import flows_open, is_open
from crewhall_bridges.sister.cards import ASK, YES
from crewhall_bridges.sister.recipes.book import BOOK, MOST_OURS, MOST_THEIRS, Shelf, meant
from crewhall_bridges.sister.recipes.clauses import clauses, command
from crewhall_bridges.sister.recipes.learned import MOST_A_DAY, MOST_CHARACTERS, MOST_TOLD
from crewhall_bridges.sister.recipes.shelf import MOST_BYTES, piece
from crewhall_bridges.sister.recipes.states import states
from crewhall_bridges.sister.testing import Town, meet

HERE, DALE = UserId("@keeper:here.example"), UserId("@keeper:dale.example")
RECIPE, NOTE, DIARY = (wire.event_type(kind) for kind in ("recipe", "note", "diary"))


def town(key: str, me: UserId, **more: Any) -> Town:
    hosts = [host(me, name) for name in ("ada", "bea")]
    said = {
        "key": key,
        "name": key.title(),
        "founders": hosts,
        "sisters": {"flows": ["recipes", "diary"]},
    }
    return Town(Charter.model_validate(said | more), me, inside=[*hosts, host(me, "cy")])


def host(me: UserId, name: str) -> UserId:
    return UserId(f"@{name}:{me.partition(':')[2]}")


@pytest.fixture
def two() -> tuple[Town, Town]:
    here, dale = town("rivendell", HERE), town("dale", DALE)
    say(here, "link with", DALE)
    say(dale, "link with", HERE)
    meet(here, dale)
    for one in (here, dale):
        one.react_to(one.card(ASK), host(one.me, "bea"), YES)
    meet(here, dale)
    assert ("in", "recipes") in flows_open(here.link, here.now)
    return here, dale


def say(one: Town, line: str, *people: UserId, by: str = "ada") -> Outcome:
    return one.tell(host(one.me, by), line, *people)


def shelf(one: Town) -> Shelf:
    return BOOK.of(one.hall).theirs.get(one.link.mark, Shelf())


def stated(one: Town, type_: str) -> dict[str, Content]:
    return {key: content for (kind, key), content in states(one.hall, one.link).items() if kind == type_}


def told(outcome: Outcome) -> str:
    assert not isinstance(outcome, Refusal | Usage), outcome
    return "\n".join(render(one.text, {}, "here").plain for one in outcome.says)


def recipe(**changes: Any) -> Content:
    content: dict[str, Any] = {
        "v": 1,
        "seq": 1,
        "kind": "practice",
        "title": "Walks",
        "author": "Dale",
        "licence": "CC0-1.0",
        "body": "Two by two.",
    }
    return content | changes


def with_more(dale: Town, more: dict[tuple[str, str], Content], sender: UserId = DALE) -> RoomSeen:
    seen = next(iter(dale.boxes().values()))
    slots = {
        at: Statement(content, sender, EventId(f"$m{n}")) for n, (at, content) in enumerate(more.items())
    }
    return replace(seen, statements={**seen.statements, **slots})


def test_only_who_may_propose_links_shares_writes_and_notes(two: tuple[Town, Town]) -> None:
    here, _ = two
    for line in ("share charter", "share practice Walks: Two.", "diary One two three four five."):
        assert refused(say(here, line, by="cy")) == "sister-not-yours"
    assert not BOOK.of(here.hall).ours
    assert say(here, "recipes", by="cy")


def test_who_is_not_inside_is_shown_nothing(two: tuple[Town, Town]) -> None:
    here, _ = two
    stranger = UserId("@mallory:here.example")
    for line in ("recipes", "recipes dale", "diary", "diary dale", "adopt walks from dale"):
        assert refused(here.tell(stranger, line)) == "recipe-not-inside"


def test_what_is_shared_is_what_the_protocol_asks_for(two: tuple[Town, Town]) -> None:
    here, dale = two
    say(dale, "share practice Walks: Two by two.")
    say(dale, "share charter")
    say(dale, "diary We walked a lot this month.")
    for type_ in (RECIPE, DIARY):
        for content in stated(dale, type_).values():
            kind = wire.kind_of(type_)
            assert kind is not None
            assert not isinstance(wire.read(kind, content), wire.Unreadable)
    meet(here, dale)
    say(here, "note walks to dale: Fine.")
    assert not isinstance(wire.read("note", stated(here, NOTE)["walks"]), wire.Unreadable)


def test_each_change_in_a_slot_has_the_next_number(two: tuple[Town, Town]) -> None:
    here, dale = two
    say(dale, "share practice Walks: Two by two.")
    say(dale, "share practice Walks: Three by three.")
    say(dale, "unshare walks")
    content = stated(dale, RECIPE)["walks"]
    assert (content["seq"], content["taken_back"], content["body"]) == (3, True, "")
    say(dale, "share practice walks")
    content = stated(dale, RECIPE)["walks"]
    assert (content["seq"], content["taken_back"], content["body"]) == (4, False, "Three by three.")
    meet(here, dale)
    assert shelf(here).recipes["walks"].page.body == "Three by three."


def test_a_closed_flow_withdraws_what_stands_in_the_letterbox_and_opens_nothing_to_read(
    two: tuple[Town, Town],
) -> None:
    here, dale = two
    say(dale, "share practice Walks: Two by two.")
    say(dale, "diary We walked a lot this month.")
    meet(here, dale)
    assert "Two by two." in told(say(here, "recipes dale walks", by="cy"))
    say(dale, "link close recipes with rivendell")
    assert stated(dale, RECIPE)["walks"]["taken_back"] is True
    meet(here, dale)
    assert refused(say(here, "recipes dale")) == "recipe-not-open"
    assert refused(say(here, "adopt walks from dale")) == "recipe-not-open"
    assert refused(say(here, "note walks to dale: Fine.")) == "recipe-not-open"
    assert "Dale" not in told(say(here, "recipes"))
    assert "walked" in told(say(here, "diary dale"))


def test_a_link_that_rests_or_has_ended_shows_nothing(two: tuple[Town, Town]) -> None:
    here, dale = two
    say(dale, "share practice Walks: Two by two.")
    meet(here, dale)
    here.now += timedelta(days=400)
    assert refused(say(here, "recipes dale")) == "recipe-not-open"
    here.now -= timedelta(days=400)
    say(here, "unlink dale")
    assert refused(say(here, "recipes dale")) == "recipe-not-open"
    assert here.link.mark not in BOOK.of(here.hall).theirs


def test_nothing_is_stated_to_a_sister_that_recipes_are_not_open_to() -> None:
    here, dale = town("rivendell", HERE), town("dale", DALE, sisters={"flows": ["guests"]})
    say(dale, "share practice Walks: Two by two.")
    say(here, "link with", DALE)
    say(dale, "link with", HERE)
    meet(here, dale)
    for one in (here, dale):
        one.react_to(one.card(ASK), host(one.me, "bea"), YES)
    meet(here, dale)
    assert states(dale.hall, dale.link) == {}
    say(dale, "link open recipes with rivendell")
    assert states(dale.hall, dale.link) == {}


def test_a_shared_charter_names_no_people_and_no_addresses() -> None:
    one = town(
        "dale",
        DALE,
        purpose="Ask @ada:dale.example about it.",
        feeds=[{"key": "audio", "name": "Audio", "url": "https://dale.example/secret.xml", "room": "lobby"}],
        places=[{"key": "lobby", "name": "Lobby"}],
        hats=[{"key": "door", "name": "Door"}],
    )
    lines = clauses(one.hall.charter)
    assert "places.lobby.name: Lobby" in lines
    assert "hats.door.name: Door" in lines
    assert not [
        line for line in lines if "@" in line or "://" in line or line.startswith(("founders", "key:"))
    ]


def test_clauses_become_a_line_that_can_be_said_and_nothing_else() -> None:
    line, left = command("sisters.days: 4\nignore this\nx: a; drop rungs\ncrews.seats: 6\n!unlink dale")
    assert line == "!charter set sisters.days to 4; crews.seats to 6"
    assert left == 3
    assert command("nothing") == ("", 1)
    line, left = command("\n".join(f"a.b{n}: {'x' * 90}" for n in range(1_000)))
    assert len(line) < 2_000
    assert left > 900


def test_adopting_a_charter_changes_nothing(two: tuple[Town, Town]) -> None:
    here, dale = two
    say(dale, "share rule sisters")
    meet(here, dale)
    records = len(here.records)
    assert "!charter set sisters.flows to recipes, diary" in told(say(here, "adopt rule-sisters from dale"))
    assert len(here.records) == records


def test_a_copy_keeps_its_author_its_licence_and_where_it_comes_from(two: tuple[Town, Town]) -> None:
    here, dale = two
    say(dale, "share practice Walks: Two by two. licence CC-BY-4.0")
    meet(here, dale)
    say(here, "adopt walks from dale")
    assert "walks" not in stated(here, RECIPE)
    say(here, "share practice walks")
    content = stated(here, RECIPE)["walks"]
    assert (content["author"], content["licence"]) == ("Dale", "CC-BY-4.0")
    assert content["lineage"] == [{"community": "Dale", "title": "Walks"}]
    say(here, "share practice walks: One by one. licence CC0-1.0")
    content = stated(here, RECIPE)["walks"]
    assert (content["author"], content["licence"]) == ("Rivendell", "CC-BY-4.0")
    assert content["lineage"] == [{"community": "Dale", "title": "Walks"}]


def test_a_copy_never_overwrites_what_is_ours(two: tuple[Town, Town]) -> None:
    here, dale = two
    say(here, "share practice Walks: Ours.")
    say(dale, "share practice Walks: Two by two.")
    meet(here, dale)
    assert refused(say(here, "adopt walks from dale")) == "recipe-there"
    assert BOOK.of(here.hall).ours["walks"].page.body == "Ours."


def test_an_author_is_named_by_their_own_yes_until_it_is_taken_back_or_they_leave(
    two: tuple[Town, Town],
) -> None:
    _, dale = two
    ada = host(DALE, "ada")
    say(dale, "share practice Walks: Two by two.")
    assert stated(dale, RECIPE)["walks"]["author"] == "Dale"
    card = dale.card("sister.author")
    dale.react_to(card, host(DALE, "bea"), YES)
    assert stated(dale, RECIPE)["walks"]["author"] == "Dale"
    dale.react_to(card, ada, YES)
    assert stated(dale, RECIPE)["walks"]["author"] == "@ada:dale.example, Dale"
    dale.take_back(next(one.cause for one in reversed(dale.records)), ada)
    assert stated(dale, RECIPE)["walks"]["author"] == "Dale"
    assert stated(dale, RECIPE)["walks"]["seq"] == 3
    dale.react_to(card, ada, YES)
    assert "@ada" in str(stated(dale, RECIPE)["walks"]["author"])


def test_who_has_left_is_named_no_longer(two: tuple[Town, Town]) -> None:
    _, dale = two
    ada = host(DALE, "ada")
    say(dale, "share practice Walks: Two by two.")
    dale.react_to(dale.card("sister.author"), ada, YES)
    dale.gesture(ids.root(dale.key), ada, "leave")
    for cause, decision in list(recipes.due(dale.hall, dale.now)):
        dale.act(cause, decision)
    assert stated(dale, RECIPE)["walks"]["author"] == "Dale"


def test_people_are_not_named_in_what_is_shared(two: tuple[Town, Town]) -> None:
    here, dale = two
    say(dale, "share practice Walks: Two by two.")
    meet(here, dale)
    bea = host(HERE, "bea")
    for line in (
        "share practice Talks: With her.",
        "diary We talked with her.",
        "note walks to dale: By her.",
    ):
        assert refused(say(here, line, bea)) == "recipe-names-people"


def test_a_note_reaches_who_shared_it_once_and_counts_the_community_once(two: tuple[Town, Town]) -> None:
    here, dale = two
    say(dale, "share practice Walks: Two by two.")
    meet(here, dale)
    for words in ("Fine.", "Fine, but rainy."):
        say(here, f"note walks to dale: {words}")
        meet(here, dale)
    assert dale.told().count("recipe-noted") == 2
    assert stated(dale, RECIPE)["walks"]["tried_by"] == 1
    assert "Fine, but rainy." in told(say(dale, "recipes ours walks"))
    before = len(dale.says)
    say(here, "note walks to dale:")
    meet(here, dale)
    assert len(dale.says) == before
    assert "rainy" not in told(say(dale, "recipes ours walks"))


def test_a_note_is_about_something_that_is_shared(two: tuple[Town, Town]) -> None:
    here, dale = two
    assert refused(say(here, "note walks to dale: Fine.")) == "recipe-unknown"
    dale.look(with_more(here, {(NOTE, "walks"): {"v": 1, "seq": 1, "recipe": "walks", "body": "x"}}, HERE))
    assert "recipe-noted" not in dale.told()


def test_a_diary_is_a_page_a_month(two: tuple[Town, Town]) -> None:
    here, dale = two
    say(dale, "diary We walked a lot in May.")
    dale.now = here.now = dale.now + timedelta(days=31)
    say(dale, "diary We rested a lot in June.")
    meet(here, dale)
    assert "June" in told(say(here, "diary dale"))
    assert "in May" in told(say(here, "diary dale 2026-05"))
    assert refused(say(here, "diary dale 2025-01")) == "diary-none"
    say(dale, "diary clear")
    meet(here, dale)
    assert "in May" in told(say(here, "diary dale"))
    assert "diary" not in "".join(here.told()), "nothing is told unasked"


def test_a_diary_is_shown_once_a_month_where_the_charter_wants_it() -> None:
    told = {"flows": ["diary"], "diary": "lobby"}
    here = town("rivendell", HERE, sisters=told, places=[{"key": "lobby", "name": "Lobby"}])
    dale = town("dale", DALE)
    say(here, "link with", DALE)
    say(dale, "link with", HERE)
    meet(here, dale)
    for one in (here, dale):
        one.react_to(one.card(ASK), host(one.me, "bea"), YES)
    meet(here, dale)
    say(dale, "diary We walked a lot in May.")
    meet(here, dale)
    assert list(recipes.due(here.hall, here.now)) == []
    june = here.now + timedelta(days=31)
    ((cause, decision),) = recipes.due(here.hall, june)
    assert [one.to for one in decision.says] == [ToRoom(ids.place(here.key, "lobby"))]
    here.act(cause, decision)
    say(dale, "diary And this was May, too.")
    meet(here, dale)
    assert list(recipes.due(here.hall, june)) == []
    assert list(recipes.due(dale.hall, june)) == []


def test_a_mistyped_name_of_a_sister_is_not_published(two: tuple[Town, Town]) -> None:
    here, _ = two
    assert refused(say(here, "diary dael")) == "diary-short"
    assert refused(say(here, "diary dael 2026-05")) == "diary-short"
    assert not BOOK.of(here.hall).diary


def test_what_we_keep_is_bounded(two: tuple[Town, Town]) -> None:
    here, _ = two
    for n in range(MOST_OURS):
        say(here, f"share practice Walk {n}: Two by two.")
    assert refused(say(here, "share practice One more: Two by two.")) == "recipe-full"
    assert refused(say(here, f"share practice Walk 1: {'x' * 12_001}")) == "recipe-too-long"
    assert not isinstance(say(here, "share practice Walk 1: Shorter."), Refusal)
    assert refused(say(here, f"diary one two three {'x' * 6_001}")) == "diary-full"


# What a sister can do to us by what it states


def test_ten_thousand_recipes_cost_what_fifty_do(two: tuple[Town, Town]) -> None:
    here, dale = two
    seen = with_more(dale, {(RECIPE, f"r{n}"): recipe(title=f"R {n}") for n in range(10_000)})
    for _ in range(3):
        here.look(seen)
        here.now += timedelta(days=1)
    assert len(shelf(here).recipes) == MOST_THEIRS
    records = len(here.records)
    here.look(seen)
    assert len(here.records) == records
    assert len(told(say(here, "recipes dale"))) < 20_000


def test_a_sister_that_states_something_new_each_time_is_taken_a_few_times_a_day(
    two: tuple[Town, Town],
) -> None:
    here, dale = two
    before = len(here.records)
    for seq in range(1, 2 * MOST_A_DAY):
        here.look(with_more(dale, {(RECIPE, "walks"): recipe(seq=seq, body=f"{seq}")}))
    assert len(here.records) - before == MOST_A_DAY
    huge = {(RECIPE, f"r{n}"): recipe(seq=1, body="x" * 40_000) for n in range(MOST_THEIRS)}
    here.now += timedelta(days=2)
    for _ in range(3):
        here.look(with_more(dale, huge))
    assert sum(len(one.page.body) for one in shelf(here).recipes.values()) <= MOST_CHARACTERS + 10


def test_a_flood_of_notes_is_taken_a_few_times_a_day_and_told_less_often(two: tuple[Town, Town]) -> None:
    here, dale = two
    say(dale, "share practice Walks: Two by two.")
    records, says = len(dale.records), len(dale.says)
    for seq in range(1, 2 * MOST_A_DAY):
        note = {"v": 1, "seq": seq, "recipe": "walks", "body": f"{seq}"}
        dale.look(with_more(here, {(NOTE, "walks"): note}, HERE))
    assert len(dale.records) - records == MOST_A_DAY
    assert len(dale.says) - says == MOST_TOLD


BAD: dict[str, Content] = {
    "huge": recipe(body="x" * 60_000),
    "control": recipe(body="a\x00b"),
    "turned": recipe(title="a\u202eb"),
    "lines": recipe(title="a\nb"),
    "list": recipe(body=["x"]),
    "deep": recipe(body="x", more=[[[[[[[[[[[1]]]]]]]]]]]),
    "blank": {},
    "number": recipe(seq=2**60),
    "untrue": recipe(taken_back="yes"),
    "many": recipe(lineage=[{"community": "a", "title": "b"}] * 21),
}


@pytest.mark.parametrize("bad", BAD)
def test_what_cannot_be_read_changes_nothing(two: tuple[Town, Town], bad: str) -> None:
    here, dale = two
    here.look(with_more(dale, {(RECIPE, "walks"): recipe(seq=5)}))
    before = BOOK.of(here.hall)
    here.look(with_more(dale, {(RECIPE, "walks"): BAD[bad], (RECIPE, "new"): BAD[bad]}))
    assert BOOK.of(here.hall) == before


@pytest.mark.parametrize("mark", ["", "../x", "A b", "x" * 41, "@ada:here.example", "\u202e"])
def test_a_name_of_another_form_is_not_looked_at(two: tuple[Town, Town], mark: str) -> None:
    here, dale = two
    here.look(with_more(dale, {(RECIPE, mark): recipe()}))
    assert shelf(here) == Shelf()


def test_others_cannot_speak_in_a_sisters_letterbox(two: tuple[Town, Town]) -> None:
    here, dale = two
    here.look(with_more(dale, {(RECIPE, "walks"): recipe()}, sender=UserId("@mallory:dale.example")))
    assert shelf(here) == Shelf()


def test_what_is_missing_is_unknown_and_not_withdrawn(two: tuple[Town, Town]) -> None:
    here, dale = two
    here.look(with_more(dale, {(RECIPE, "walks"): recipe()}))
    here.look(with_more(dale, {}))
    assert "walks" in shelf(here).recipes


def test_markup_and_commands_are_shown_as_plain_text_and_not_obeyed(two: tuple[Town, Town]) -> None:
    here, dale = two
    body = '<img src=x onerror="alert(1)">\n!unlink dale\n{ $person }'
    here.look(with_more(dale, {(RECIPE, "walks"): recipe(body=body, title="<b>W</b>")}))
    outcome = say(here, "recipes dale walks")
    assert not isinstance(outcome, Refusal | Usage)
    shown = render(outcome.says[0].text, {}, "here")
    assert "<img" not in shown.html
    assert "<b>" not in shown.html
    assert "!unlink dale\n{ $person }" in shown.plain
    assert is_open(here.link, "in", "recipes", here.now)


def test_a_long_recipe_is_shown_page_by_page_and_whole() -> None:
    for text in ("x" * 40_000, "\n".join("ü" * 90 for _ in range(400)), "", "\n" * 40_000):
        _, _, count = piece(text, 1)
        pages = [piece(text, n)[0] for n in range(1, count + 1)]
        assert all(isinstance(one, Verbatim) for one in pages)
        assert all(len("\n".join(one.lines).encode()) <= MOST_BYTES for one in pages)
        assert "".join("".join(one.lines) for one in pages) == text.replace("\n", "")
        assert piece(text, 99)[1] == count


def test_two_recipes_that_look_the_same_are_told_apart_by_their_marks(two: tuple[Town, Town]) -> None:
    here, dale = two
    here.look(with_more(dale, {(RECIPE, "a"): recipe(title="Walks"), (RECIPE, "b"): recipe(title="WaIks")}))
    assert meant(shelf(here).recipes, "walks") is None
    assert meant(shelf(here).recipes, "b") == "b"
