"""What is exported is documented field by field; only a whole export of this form is read."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.errors import Misconfigured
from crewhall.exporting import export, form
from crewhall.exporting.bringing import read_export
from crewhall.ground.facts import Fact, Recorded, Stream
from crewhall.ground.hall import House
from crewhall.ground.ids import CommunityKey, CrewKey, RungKey, UserId
from crewhall.life.community.facts import Founded
from crewhall.life.crews.facts import CrewStarted, SeatTaken
from crewhall.life.standing.facts import Arrived, Stood

AT = datetime(2026, 5, 3, tzinfo=UTC)
ADA, ME = UserId("@ada:here"), UserId("@keeper:here")
HALL = CommunityKey("rivendell")
CHARTER = Charter.model_validate(
    {"key": "rivendell", "name": "Rivendell", "rungs": [{"key": "in", "name": "In"}]}
)
CREW = CrewStarted(CrewKey("owls"), "Owls", ADA, private=False, listed=True, mark="0", keeper=ME)
LIVED: list[tuple[str, Fact]] = [
    ("rivendell", Founded(CHARTER, (ADA,))),
    ("rivendell", Arrived(ADA)),
    ("rivendell", Stood(RungKey("in"), ADA)),
    ("rivendell/crew/owls", CREW),
    ("rivendell/crew/owls", SeatTaken(ADA)),
]
PAPER = Path(__file__).parents[2] / "deploy" / "EXPORT.md"


def exported() -> form.Export:
    records = [Recorded(n, Stream(s), n, f"c{n}", AT, f) for n, (s, f) in enumerate(LIVED, start=1)]
    house = House()
    for record in records:
        house = rules.evolve(house, record)
    return export(house, records, HALL, AT)


def test_every_field_is_documented_and_no_other() -> None:
    models = (form.Export, form.Room, form.Standing, form.CrewKept, form.Decided)
    fields = [(name, field.description) for model in models for name, field in model.model_fields.items()]
    assert re.findall(r"^\| `(\w+)` \| (.*) \|$", PAPER.read_text(), re.MULTILINE) == fields


def test_what_was_exported_is_read_as_it_was(tmp_path: Path) -> None:
    told = exported()
    (tmp_path / "out.json").write_text(told.model_dump_json())
    assert read_export(tmp_path / "out.json") == told
    (person,) = told.people
    assert (person.person, set(person.rungs), set(person.hats)) == (ADA, {"in"}, {"keys"})
    assert [(crew.name, crew.seats) for crew in told.crews] == [("Owls", (ADA,))]
    assert [one.kind for one in told.decisions] == ["Founded", "Arrived", "Stood", "CrewStarted", "SeatTaken"]


@pytest.mark.parametrize(
    "change",
    [("form", 2), ("community", "dale"), ("surprise", 1), ("crews", [{}]), ("charter", {"key": "x"})],
)
def test_another_form_is_refused_in_one_sentence(tmp_path: Path, change: tuple[str, object]) -> None:
    told = json.loads(exported().model_dump_json())
    (tmp_path / "out.json").write_text(json.dumps({**told, change[0]: change[1]}))
    with pytest.raises(Misconfigured) as refused:
        read_export(tmp_path / "out.json")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("cut", [0, 1, 300, -1])
def test_half_an_export_is_none(tmp_path: Path, cut: int) -> None:
    (tmp_path / "out.json").write_text(exported().model_dump_json()[:cut])
    with pytest.raises(Misconfigured, match="no export of this version, or damaged"):
        read_export(tmp_path / "out.json")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="There is no file"):
        read_export(tmp_path / "none.json")
