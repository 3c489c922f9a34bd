"""The charters that ship are whole, different, plain to read, and ready to be somebody's own."""

import pytest

from crewhall.charter.model import Charter, Place
from crewhall.charter.reading import read_charter
from crewhall_config import charters

SHIPPED = {name: read_charter(text, f"{name}.yaml") for name, text in charters().items()}
LONGEST = 400
"""Characters that people still read on a phone's invitation."""


def rooms(charter: Charter) -> list[Place]:
    return [*charter.places, *(room for rung in charter.rungs for room in rung.rooms)]


def test_three_ship() -> None:
    assert sorted(SHIPPED) == ["congregation", "friends", "land"]
    assert len({charter.key for charter in SHIPPED.values()}) == len(SHIPPED)


def test_they_are_different_communities() -> None:
    assert [len(SHIPPED[name].rungs) for name in ("friends", "congregation", "land")] == [1, 2, 4]
    assert len({charter.crews for charter in SHIPPED.values()}) == len(SHIPPED)
    assert len({charter.door for charter in SHIPPED.values()}) == len(SHIPPED)


@pytest.mark.parametrize("charter", SHIPPED.values(), ids=SHIPPED)
def test_each_says_what_is_asked_and_what_opens(charter: Charter) -> None:
    assert charter.purpose
    for rung in charter.rungs:
        assert rung.asks, rung.key
        assert len(rung.asks) <= LONGEST, rung.key
        for room in rung.rooms:
            if room.suggested:
                assert room.name.casefold() in rung.asks.casefold(), (rung.key, room.name)
    assert all(room.topic for room in rooms(charter))


@pytest.mark.parametrize("charter", SHIPPED.values(), ids=SHIPPED)
def test_each_belongs_to_nobody_yet(charter: Charter) -> None:
    assert charter.founders == ()
    assert not any(room.adopt for room in rooms(charter))


@pytest.mark.parametrize("charter", SHIPPED.values(), ids=SHIPPED)
def test_each_can_be_renamed_by_its_name_alone(charter: Charter) -> None:
    """`!found` puts another name in the place of this one, so it must stand for nothing else."""
    words = {charter.crews.name, charter.crews.topic, *(room.name for room in rooms(charter))}
    assert not any(charter.name in word for word in words)


@pytest.mark.parametrize("name", SHIPPED)
def test_each_names_where_the_practice_comes_from(name: str) -> None:
    text = charters()[name].decode()
    assert "Richard D. Bartlett" in text
    assert text.startswith("#")
