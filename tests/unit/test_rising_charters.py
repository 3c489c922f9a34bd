"""Promises of the rules in charters: those that ship make sense, and one that does not is told so."""

from importlib import resources

import pytest

import crewhall_config
from crewhall.charter.model import Charter
from crewhall.charter.reading import read_charter
from crewhall.charter.sense import nonsense

SHIPPED = ("congregation", "friends", "land")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_rung_of_a_shipped_charter_says_how_one_comes_on_to_it(name: str) -> None:
    path = resources.files(crewhall_config).joinpath("charters", f"{name}.yaml")
    charter = read_charter(path.read_bytes(), path.name)
    assert all(rung.door is not None for rung in charter.rungs)


def test_a_charter_without_rules_is_as_it_was() -> None:
    charter = Charter.model_validate(
        {"key": "in", "name": "In", "rungs": [{"key": "in-it", "name": "In it"}]}
    )
    assert charter.rungs[0].door is None
    assert charter.door.rule is None


@pytest.mark.parametrize(
    ("more", "path", "said"),
    [
        ({"door": {"propose": "freinds"}}, "propose", "`freinds`"),
        ({"door": {"vouches": {"count": 1, "of": "elders"}}}, "of", "`elders`"),
        ({"door": {"consent": {"of": "keyholders", "days": 1}}}, "of", "`keyholders`"),
        ({"door": {"met": ["a call", "A call"]}}, "1", "already"),
        ({"key": "keyholders"}, "key", "means those who hold the keys"),
        ({"key": "anyone"}, "key", "means everybody"),
    ],
)
def test_a_rule_that_names_nobody_is_refused(more: dict[str, object], path: str, said: str) -> None:
    rung = {"key": "friends", "name": "Friends"} | more
    charter = Charter.model_validate({"key": "rivendell", "name": "Rivendell", "rungs": [rung]})
    found = list(nonsense(charter))
    assert [str(where[-1]) for where, _ in found] == [path]
    assert said in found[0][1]


def test_where_anybody_may_come_in_nobody_is_proposed() -> None:
    door = {"join": "public", "rule": {"propose": "anyone"}}
    charter = Charter.model_validate({"key": "rivendell", "name": "Rivendell", "door": door})
    assert [where for where, _ in nonsense(charter)] == [("door", "rule")]


@pytest.mark.parametrize("zone", ["Rivendell/Valley", "../etc/passwd", "", "Europe/berlin\x00"])
def test_a_calendar_wants_a_time_zone_that_there_is(zone: str) -> None:
    with pytest.raises(ValueError, match="zone"):
        Charter.model_validate({"key": "rivendell", "name": "Rivendell", "calendar": {"zone": zone}})
