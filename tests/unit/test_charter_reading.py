"""A charter is read whole, or every fault of it is told at once, with its line."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crewhall.charter.faults import Fault, Faults
from crewhall.charter.model import Charter
from crewhall.charter.paper import MOST_BYTES
from crewhall.charter.reading import CharterFaults, read_charter
from crewhall.errors import Misconfigured

GOOD = """\
key: rivendell
name: Rivendell
"""


def faults(text: str | bytes) -> list[tuple[int, str]]:
    with pytest.raises(CharterFaults) as told:
        read_charter(text, "rivendell.yaml")
    assert str(told.value).startswith("rivendell.yaml")
    return [(fault.line, fault.message) for fault in told.value.faults]


def test_a_short_charter_is_a_charter() -> None:
    assert read_charter(GOOD, "rivendell.yaml") == Charter(key="rivendell", name="Rivendell")
    assert read_charter(GOOD.encode("utf-8-sig").replace(b"\n", b"\r\n"), "x").name == "Rivendell"


def test_words_are_kept_as_they_are_written() -> None:
    text = GOOD + "purpose: 2026-11-21\nplaces: [{key: on, name: 'on: the road'}]\n"
    charter = read_charter(text.replace("key: on", "key: 'on'"), "x")
    assert (charter.purpose, charter.places[0].name) == ("2026-11-21", "on: the road")


def test_a_part_may_be_written_once_and_named_twice() -> None:
    text = GOOD + "purpose: &one For all of us.\nplaces:\n  - {key: lobby, name: Lobby, topic: *one}\n"
    assert read_charter(text, "x").places[0].topic == "For all of us."


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("", 1, "is empty"),
        ("# only a comment\n", 1, "is empty"),
        ("- a\n- b\n", 1, "must be a mapping"),
        ("just words", 1, "must be a mapping"),
        (b"key: rivendell\nname: \xff\xfe\n", 2, "not UTF-8"),
        ("key: rivendell\nname: \x07\n", 2, "control character"),
        ("name: x\n" * (MOST_BYTES // 8 + 1), 1, "at most 256 kB"),
        ("key: a\ndoor:\n\tjoin: knock\n", 3, "tab"),
        ("key: a\nname: Rivendell: a home\n", 2, "colon"),
        ("key: a\nfounders: [@you:example.org]\n", 2, "wants quotes"),
        ("key: a\nname: `x`\n", 2, "cannot begin"),
        ('key: a\nname: "Rivendell\n', 3, "never closed"),
        ('key: a\nname: "\\q"\n', 2, "backslash"),
        ("key: a\nfounders: [a, b\nname: x\n", 3, "lacks a comma or its end"),
        ("key: a\ndoor: {join: knock\nname: x\n", 3, "lacks a comma or its end"),
        ("key: a\nplaces:\n  - key: b\n   name: c\n", 4, "indented otherwise"),
        ("key: a\nthis is no key\nname: b\n", 3, "colon"),
        ("key: a\n---\nname: b\n", 2, "one document"),
        ("key: a\nname: *nobody\n", 2, "no anchor"),
        ("key: a\nname: !!python/object/apply:os.system ['true']\n", 2, "must be text"),
        ("key: a\nname: !secret x\n", 2, "tag"),
        ("key: a\nname: &a [*a]\n", 2, "holds itself"),
        ("key: a\n? [b]\n: c\nname: d\n", 2, "cannot be a key"),
        ("key: a\nname: b\nname: c\n", 3, "a second time (first in line 2)"),
        ("key: a\nname: b\nrungs: " + "[" * 40 + "]" * 40, 3, "levels deep"),
        ("key: a\nname: b\nrungs: " + "[" * 20_000, 1, "levels deep"),
        ('key: a\nname: "\\ud800"\n', 2, "Half a character"),
        ("key: a\nname: b\ndoor: {invite: " + "9" * 5000 + "}\n", 3, "cannot be read"),
    ],
)
def test_what_is_no_yaml_of_ours_is_told_in_a_sentence(text: str | bytes, line: int, part: str) -> None:
    told = faults(text)
    assert any(at == line and part in message for at, message in told), told


def test_a_few_lines_that_stand_for_billions_are_not_unfolded() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    assert "fewer aliases" in faults(GOOD + bomb)[0][1]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("name: R", 1, "`key` is missing. The community's short name: part of its addresses, never changes."),
        (GOOD + "dor: {}", 3, "`dor` is not known here: the nearest known key is `door`."),
        (GOOD + "door: {jion: knock}", 3, "`jion` is not known here: the nearest known key is `join`."),
        (GOOD + "door: {zzzzz: 1}", 3, "`zzzzz` is not known here: the keys are invite, join, rule."),
        ("key: Rivendell\nname: R", 1, "`key` may hold small letters, digits and single hyphens"),
        ("key: a\nname: 12", 2, "`name` must be text, not 12: put it in quotes."),
        ("key: a\nname: yes", 2, "`name` must be text, not true: put it in quotes."),
        ("key: a\nname: [R]", 2, "`name` must be text, not a list."),
        ("key: a\nname:", 2, "`name` must be text, not nothing."),
        ("key: a\nname: ' '", 2, "`name` is empty"),
        ("key: a\nname: " + "R" * 81, 2, "`name` has 81 characters; at most 80 fit."),
        (GOOD + "room_version: 12", 3, '`room_version` must be text: write "12" in quotes.'),
        (GOOD + 'room_version: "9"', 3, "`room_version` must be '11' or '12', not '9'."),
        (GOOD + "charter: 2", 3, "`charter` must be 1, not 2."),
        (GOOD + "avatar: http://x/y.png", 3, "`avatar` must be a picture's address on a homeserver"),
        (GOOD + "federate: 'yes'", 3, "`federate` must be true or false, not 'yes'."),
        (GOOD + "door: {join: pubic}", 3, "`join` must be 'invite', 'knock' or 'public', not 'pubic'."),
        (GOOD + "door: {invite: 200}", 3, "`invite` must be at most 150, not 200."),
        (GOOD + "door: {invite: -1}", 3, "`invite` must be at least 0, not -1."),
        (GOOD + "door: {invite: 5.5}", 3, "`invite` must be a whole number, not 5.5."),
        (GOOD + "door: {invite: true}", 3, "`invite` must be a whole number, not true."),
        (GOOD + "door: open", 3, "`door` must be a mapping"),
        (GOOD + "places: lobby", 3, "`places` must be a list"),
        (GOOD + "places:\n  - lobby", 4, "Entry 1 of `places` must be a mapping"),
        (GOOD + "founders: ['you']", 3, "Entry 1 of `founders` must be a whole Matrix name in quotes"),
        (GOOD + "rungs: [" + "{key: a, name: A}, " * 10 + "]", 3, "`rungs` has 10 entries; at most 9 fit."),
    ],
)
def test_what_does_not_fit_says_what_would(text: str, line: int, message: str) -> None:
    told = faults(text)
    assert any(at == line and said.startswith(message) for at, said in told), told


ROOMS = "{key: a, name: A}, {key: a, name: B}"


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("key: house\nname: R", 1, "needs itself"),
        (GOOD + f"places: [{ROOMS}]", 3, "already the key of another room"),
        (GOOD + f"rungs: [{ROOMS}]", 3, "already the key of another rung"),
        (GOOD + f"rungs: [{{key: b, name: B, rooms: [{ROOMS}]}}]", 3, "another room of `b`"),
        (GOOD + "rungs: [{key: anyone, name: All}]", 3, "everybody in the community"),
        (
            GOOD + "rungs: [{key: friends, name: F}]\ncrews: {start: frends}",
            4,
            "nearest known rung is `friends`",
        ),
        (GOOD + "crews: {start: elders}", 3, "the rungs are anyone."),
        (GOOD + 'room_version: "11"\nkeyholders: {level: 100}', 4, "at most 99 in room version 11"),
        (GOOD + 'room_version: "11"\ndoor: {invite: 100}', 4, "nobody could ever invite"),
        (
            GOOD + "door: {invite: 60}\nkeyholders: {level: 55}",
            3,
            "nobody could ever invite: write at most 55",
        ),
        (GOOD + "rungs: [{key: a, name: A, level: 100}]", 3, "would give everybody on `a` the keys"),
        (GOOD + "crews: {fewest: 5, most: 4}", 3, "no crew could ever be one"),
        (GOOD + "crews: {usual: 9}", 3, "between `fewest` (3) and `most` (8)"),
        ("key: a\nname: " + "🏡" * 70, 2, "280 bytes; at most 255"),
        ('key: a\nname: "Rivendell\\nHall"', 2, "line break"),
        ('key: a\nname: "Riven\\u202edell"', 2, "invisible"),
        (GOOD + 'purpose: "a\\u0085b"', 3, "invisible"),
        (GOOD + "places: [{key: a, name: A, adopt: lobby}]", 3, "must be a room's id"),
        (
            GOOD + "places:\n  - {key: a, name: A, adopt: '!x'}\n  - {key: b, name: B, adopt: '!x'}",
            5,
            "already adopted",
        ),
        (GOOD + "founders: ['@a:b', '@a:b']", 3, "stands here twice"),
        (GOOD + "founders: ['@" + "ü" * 150 + ":b']", 3, "more than 255 bytes"),
    ],
)
def test_what_contradicts_itself_is_told(text: str, line: int, part: str) -> None:
    told = faults(text)
    assert any(at == line and part in message for at, message in told), told


def test_all_faults_are_told_at_once_in_the_order_of_lines() -> None:
    told = faults("nmae: R\nkey: R\ndoor:\n  join: pubic\n  invite: x\nkey: r\n")
    assert [line for line, _ in told] == [1, 1, 2, 4, 5, 6]


def test_the_version_eleven_without_a_level_is_fine_since_keyholders_then_have_99() -> None:
    assert read_charter(GOOD + 'room_version: "11"', "x").room_version == "11"


def test_faults_are_told_as_terminals_follow_them() -> None:
    with pytest.raises(Misconfigured) as told:
        read_charter(GOOD + "door:\n  join: no\n", "charters/rivendell.yaml")
    assert isinstance(told.value, Faults)
    assert str(told.value).startswith("charters/rivendell.yaml:4:3: `join` must be ")
    assert told.value.faults[0].path == "door.join"


_WORDS = st.sampled_from(
    [
        "key",
        "name",
        "rungs",
        "places",
        "door",
        ": ",
        "- ",
        "\n",
        "  ",
        "&a ",
        "*a",
        "[",
        "]",
        "{",
        "}",
        '"',
        "|\n",
        "? ",
        "!x ",
    ]
)


def told_about(text: str | bytes) -> tuple[Fault, ...]:
    try:
        read_charter(text, "x")
    except CharterFaults as faulty:
        return faulty.faults or (Fault("x", 0, 0, "", "silent"),)
    return ()


@given(st.lists(_WORDS | st.text(string.printable, max_size=4) | st.text(max_size=2), max_size=40))
def test_whatever_is_written_is_read_or_told(pieces: list[str]) -> None:
    assert all(fault.message.endswith(".") and fault.line for fault in told_about("".join(pieces)))


@given(st.binary(max_size=60))
def test_whatever_bytes_are_given_are_read_or_told(raw: bytes) -> None:
    assert all(fault.message.endswith(".") and fault.line for fault in told_about(raw))
