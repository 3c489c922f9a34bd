"""What contradicts itself in a charter is told with its line, in one sentence, with what to write instead."""

import pytest

from crewhall.charter.reading import CharterFaults, read_charter

HEAD = """\
key: rivendell
name: Rivendell
places: [{key: lobby, name: Lobby}, {key: board, name: Board}]
rungs:
  - {key: friends, name: Friends, rooms: [{key: commons, name: Commons}]}
  - {key: partners, name: Partners}
hats:
  - {key: digest, name: Digest}
"""
PLAIN = "key: rivendell\nname: Rivendell\n"


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(CharterFaults) as told:
        read_charter(text, "rivendell.yaml")
    return [(fault.line, fault.message) for fault in told.value.faults]


def hat(more: str) -> str:
    return f"{PLAIN}rungs: [{{key: friends, name: Friends}}]\nhats:\n  - {{key: door, name: Door, {more}}}\n"


def leaf(more: str) -> str:
    return f"{HEAD}crews:\n  leaves:\n    - {{key: work, name: Work, {more}}}\n"


def rung(more: str, then: str = "") -> str:
    return f"{PLAIN}rungs:\n  - {{key: friends, name: Friends, {more}}}\n{then}"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        # groups
        (
            rung("door: {propose: freinds}"),
            4,
            "`freinds` is not known here: the nearest known group is `friends`.",
        ),
        (
            rung("door: {vouches: {count: 1, of: elders}}"),
            4,
            "`elders` is not known here: the groups are anyone, friends.",
        ),
        (
            HEAD + "door: {rule: {propose: digest}}",
            9,
            (
                "`digest` is a hat, and `propose` cannot be left to one: "
                "use one of anyone, keyholders, friends, partners."
            ),
        ),
        (HEAD + "renewal: {of: digest}", 9, "`digest` is a hat, and `of` cannot be left to one:"),
        (HEAD + "renewal: {of: keyholders}", 9, "`keyholders` is not known here: the groups are anyone,"),
        (HEAD + "removal: {propose: anyone}", 9, "`anyone` is not known here"),
        (
            HEAD + "removal: {of: parters}",
            9,
            "`parters` is not known here: the nearest known group is `partners`.",
        ),
        (HEAD + "changes: {propose: everybody}", 9, "`everybody` is not known here"),
        (
            HEAD + "changes: {of: keys}",
            9,
            "Whoever wears the hat `keys` is called `keyholders` here: write that.",
        ),
        (hat("given: {by: frends}"), 5, "`frends` is not known here: the nearest known group is `friends`."),
        (
            hat("given: {by: keys}"),
            5,
            "Whoever wears the hat `keys` is called `keyholders` here: write that.",
        ),
        (hat("given: {consent: {of: door}}"), 5, "`door` is a hat, and `of` cannot be left to one"),
        (hat("needs: keyholders"), 5, "`keyholders` is not known here"),
        (
            PLAIN + "places:\n  - {key: a, name: A, post: diggest}\nhats: [{key: digest, name: D}]",
            4,
            "`diggest` is not known here: the nearest known group is `digest`.",
        ),
        (PLAIN + "places:\n  - {key: a, name: A, post: anyone}", 4, "`anyone` is not known here"),
        (PLAIN + "places:\n  - {key: a, name: A, post: keys}", 4, "Whoever wears the hat `keys` is called"),
        (rung("rooms: [{key: a, name: A, post: elders}]"), 4, "`elders` is not known here"),
        (
            HEAD + "container: lobbi",
            9,
            "`container` names a room. `lobbi` is not known here: the nearest known room is `lobby`.",
        ),
        (
            HEAD + "container: friends/hearth",
            9,
            "`container` names a room. `friends/hearth` is not known here",
        ),
        # keys
        (hat("term_months: 6") + "  - {key: door, name: D}", 6, "`door` is already the key of another hat"),
        (
            PLAIN + "hats:\n  - {key: keyholders, name: K}",
            4,
            "`keyholders` means those who hold the keys: give this hat another key.",
        ),
        (PLAIN + "hats:\n  - {key: everyone, name: K}", 4, "`everyone` means everybody in the community"),
        (
            PLAIN + "rungs: [{key: a, name: A}]\nhats:\n  - {key: a, name: K}",
            5,
            "`a` is already the key of a rung: give this hat its own.",
        ),
        (leaf("asks: x") + "    - {key: work, name: W}", 12, "`work` is already the key of another leaf"),
        (HEAD + "crews: {leaves: [{key: friends, name: F}]}", 9, "`friends` is already the key of a rung"),
        (HEAD + "crews: {leaves: [{key: anyone, name: F}]}", 9, "`anyone` means everybody in the community"),
        (
            leaf("rooms: [{key: a, name: A}, {key: a, name: B}]"),
            11,
            "`a` is already the key of another room of `work`",
        ),
        # hats and leaves
        (
            hat("holders: 6"),
            5,
            "`holders` (6) is more than `most` (5), so the hat would always be at risk: write at most 5.",
        ),
        (
            PLAIN + "hats:\n  - {key: keys, name: Keys, most: 1}",
            4,
            "With one keyholder alone nobody could decide on a removal or a pause together: write 2 or more.",
        ),
        (
            PLAIN + "hats:\n  - {key: keys, name: Keys, may: [pin]}",
            4,
            "Whoever wears `keys` may do everything everywhere: leave `may` and `where` out.",
        ),
        (
            hat("may: [pin], where: [frends]"),
            5,
            "`where` lists rungs. `frends` is not known here: the nearest known rung is `friends`.",
        ),
        (hat("where: [friends]"), 5, "`where` says where `door` allows something, and nothing is allowed"),
        (
            leaf("post: [bored]"),
            11,
            "`post` lists rooms of `places`. `bored` is not known here: the nearest known room is `board`.",
        ),
        (leaf("post: [commons]"), 11, "`post` lists rooms of `places`. `commons` is not known here"),
        (
            leaf("rooms: [{key: a, name: A, post: friends}]"),
            11,
            "In a crew's own rooms all its people write: leave `post` out.",
        ),
        (leaf('rooms: [{key: a, name: A, adopt: "!x"}]'), 11, "Every crew gets this room for itself"),
        # levels are a line
        (
            rung("level: 10, may_everywhere: [post]", "hats: [{key: door, name: D, may: [rooms]}]"),
            4,
            (
                "`level` 10 would let everybody on `friends` pin and name where only others may: "
                "name `pin` in `may_everywhere`, or write a level below 10."
            ),
        ),
        (
            rung("level: 40", "hats: [{key: door, name: D, may: [invite], where: [friends]}]"),
            4,
            (
                "`level` 40 would let everybody on `friends` invite where only others may: "
                "name `invite` in `may`, or write a level below 10."
            ),
        ),
        (
            rung("level: 5, rooms: [{key: a, name: A, post: digest}]", "hats: [{key: digest, name: D}]"),
            4,
            (
                "`level` 5 would let everybody on `friends` write where only others may: "
                "name `post` in `may`, or write a level below 5."
            ),
        ),
        (
            rung("may_everywhere: [pin]", "door: {invite: 10}"),
            5,
            (
                "`invite` 10 would let whoever may pin and name there invite people too: "
                "write 30 or more, or 0 for everybody."
            ),
        ),
        # rules and time
        (
            rung("door: {vouches: {count: 1}, keep: {vouches: 2}}"),
            4,
            "To stay takes 2 vouches, and coming takes 1: write at most 1.",
        ),
        (
            PLAIN + "seasons: {starts: [03-01, 03-10]}",
            3,
            (
                "From 03-01 to 03-10 are 9 days, and `gap_days` and `spread_days` take 14: "
                "leave one of these seasons out, or write fewer days."
            ),
        ),
        (
            PLAIN + "seasons: {starts: [12-28, 01-02], gap_days: 3, spread_days: 3}",
            3,
            "From 12-28 to 01-02 are 5 days",
        ),
        (
            PLAIN + "seasons: {starts: [03-01, 06-01, 03-01]}",
            3,
            "`03-01` is already the key of another season",
        ),
        (PLAIN + "renewal: {then_months: 0}", 3, "`then_months` must be at least 1, not 0."),
    ],
)
def test_it_is_told(text: str, line: int, message: str) -> None:
    told = faults(text)
    assert len(told) == 1, told
    assert told[0][0] == line
    assert told[0][1].startswith(message)


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "removal: {propose: partners, of: anyone}\nchanges: {propose: friends, of: partners}",
        HEAD + "container: lobby",
        HEAD + "container: friends/commons",
        HEAD + "seasons: {starts: [03-01]}",
        HEAD + "seasons: {starts: [03-01, 03-15]}",
        HEAD + "door: {rule: {propose: friends, by_hand: true}}",
        hat("may: [moderate], where: [friends], needs: friends, given: {by: anyone, consent: {of: friends}}"),
        leaf("may: [rooms], post: [board], rooms: [{key: a, name: A}]"),
        rung("level: 10, may: [pin], may_everywhere: [pin]"),
        rung("level: 50"),
        rung(
            "level: 9, may_everywhere: [rooms]", "hats: [{key: door, name: D, may: [pin], where: [friends]}]"
        ),
        rung("level: 40, door: {propose: friends, by_hand: true}"),
        rung("may_everywhere: [rooms]", "door: {invite: 0}"),
        PLAIN + "hats: [{key: keys, name: Keys, holders: 2, most: 4}]",
        PLAIN
        + "places: [{key: a, name: A, post: digest}]\nhats: [{key: digest, name: D, given: {by: digest}}]",
    ],
)
def test_what_makes_sense_is_taken(text: str) -> None:
    read_charter(text, "rivendell.yaml")
