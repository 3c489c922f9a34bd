"""Ledger and backup are both gone: the rooms tell what was, and nobody is given more than they had."""

from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from crewhall.adapters.ledger import SqliteLedger
from crewhall.flows.keeping import Keeping
from crewhall.ground.hall import House
from crewhall.ground.ids import CommunityKey, UserId
from crewhall.house import FACTS
from crewhall.lab.town import Town
from crewhall.life.crews.crew import CREWS

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="session")]

CHARTER = {
    "key": "archet",
    "name": "Archet",
    "door": {"join": "public"},
    "places": [{"key": "inn", "name": "Inn"}],
    "rungs": [
        {
            "key": "friends",
            "name": "Friends",
            "door": {"propose": "anyone", "vouches": {"count": 1, "of": "anyone"}},
            "rooms": [{"key": "hearth", "name": "Hearth"}],
        }
    ],
}


@pytest_asyncio.fixture(loop_scope="session")
async def archet(tmp_path: Path) -> Any:
    async with Town(tmp_path) as town:
        town.write_charter("archet", {**CHARTER, "founders": [town.user("op")]})
        told = await town.crewhall("found", "charters/archet.yaml")
        assert told.status == 0, told.err
        yield town


def lose(folder: Path) -> int:
    """Delete the ledger; return how many files that were."""
    files = list(folder.glob("crewhall.db*"))
    for file in files:
        file.unlink()
    return len(files)


async def house(folder: Path) -> House:
    async with SqliteLedger.open(folder / "crewhall.db", FACTS) as ledger:
        keeping = Keeping(ledger)
        await keeping.open()
        return keeping.house


def known(house: House) -> dict[str, object]:
    """What a recovery can bring back."""
    hall = house.halls[CommunityKey("archet")]
    return {
        "charter": hall.charter,
        "inside": frozenset(hall.inside),
        "standing": {rung: frozenset(people) for rung, people in hall.standing.items() if people},
        "keys": frozenset(hall.keyholders),
        "rooms": {key: opened.room for key, opened in house.rooms.items()},
        "chats": dict(house.chats),
        "crews": {
            (key, crew.name, crew.private, crew.listed, crew.ended, frozenset(crew.seats))
            for key, crew in CREWS.of(hall).all.items()
        },
    }


async def test_a_lost_ledger_is_read_out_of_the_rooms(archet: Any, tmp_path: Path) -> None:
    op, ann, ben = [await archet.guest(name) for name in ("op", "ann", "ben")]
    await op.accepts("Archet")
    await op.accepts("Friends")
    for guest in (ann, ben):
        await guest.enter_room(f"#_crewhall_archet:{archet.synapse.name}")
    chat = await archet.chat(ann)
    await archet.answer(ann, chat, f"!crew start Lantern {ben.id} listed", to=(ben,))
    lantern = await ann.accepts("Lantern")
    await ben.accepts("Lantern")
    await archet.answer(ann, chat, "!crew start Owls private unlisted")
    await ann.accepts("Owls")
    assert "Lantern" in (await archet.answer(ann, chat, "!crew")).text
    await ben.leave(lantern)
    assert "Lantern" in (await archet.answer(ann, chat, "!crew")).text
    for status, why in ((75, "Another crewhall serves"), (73, "is not empty")):
        told = await archet.crewhall("recover")
        assert (told.status, why in told.err) == (status, True), told.err
        assert "Traceback" not in told.err
        await archet.rest()
    before = known(await house(tmp_path))
    assert before["keys"] == {UserId(op.id)}
    lose(tmp_path)
    (tmp_path / "charters" / "archet.yaml").unlink()  # the charter stands in the community's space
    told = await archet.crewhall("recover")
    assert told.status == 0, told.err
    assert f"Recovered: Archet; {len(before['rooms'])} rooms, 2 crews." in told.out  # type: ignore[arg-type]
    assert "who vouched" in told.out
    after = await house(tmp_path)
    assert known(after) == before
    again = await archet.crewhall("recover")
    assert (again.status, again.out) == (0, told.out), again.err
    assert (await house(tmp_path)).seq == after.seq
    planned = await archet.crewhall("plan")
    assert planned.status == 0, planned.out
    await archet.serve()
    assert "Lantern" in (await archet.answer(ann, chat, "!crew")).text
    assert "wear Keys" in (await archet.answer(op, await archet.chat(op), "!me")).text
    assert known(await house(tmp_path))["standing"] == before["standing"]


async def test_where_nothing_is_to_be_found_nothing_is_written(tmp_path: Path) -> None:
    async with Town(tmp_path) as empty:
        await empty.rest()
        lose(tmp_path)
        (tmp_path / "registration.yaml").rename(tmp_path / "kept.yaml")
        told = await empty.crewhall("recover")
        assert told.status == 66
        assert told.err.count("\n") == 1, told.err
        (tmp_path / "kept.yaml").rename(tmp_path / "registration.yaml")
        await empty.synapse.close()
        told = await empty.crewhall("recover")
        assert (told.status, "No homeserver answers" in told.err) == (69, True), told.err
        assert lose(tmp_path) == 0
