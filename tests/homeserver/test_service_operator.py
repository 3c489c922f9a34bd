"""The operator's commands against a real homeserver: what they write, find, show and carry out."""

import os
import socket
import stat
from typing import Any

import pytest
import pytest_asyncio
import yaml

from crewhall.lab.sight import becomes
from crewhall.lab.town import Town

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="session")]

CHARTER = {
    "key": "dale",
    "name": "Dale",
    "door": {"join": "public"},
    "places": [{"key": "hall", "name": "Hall"}],
}


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def dale(tmp_path_factory: Any) -> Any:
    async with Town(tmp_path_factory.mktemp("dale"), {"dale": CHARTER}) as town:
        yield town


def words(text: str) -> str:
    return " ".join(text.split())


async def test_generate_writes_least_names_and_overwrites_nothing(dale: Any) -> None:
    paper = dale.directory / "registration.yaml"
    registration = yaml.safe_load(paper.read_text())
    assert registration["rate_limited"] is False
    assert registration["receive_ephemeral"] is True
    assert registration["io.element.msc4190"] is True
    server = dale.synapse.name.replace(".", r"\.")
    assert registration["namespaces"]["users"] == [{"exclusive": True, "regex": f"@keeper:{server}$"}]
    assert [one["regex"] for one in registration["namespaces"]["aliases"]] == [f"#_crewhall_.*:{server}$"]
    assert registration["as_token"] != registration["hs_token"]
    assert stat.S_IMODE(os.stat(paper).st_mode) == 0o600  # noqa: PTH116 - one look
    before = paper.read_text()
    again = await dale.crewhall("generate", "-c", "config.yaml", "-r", "registration.yaml")
    assert again.status == 73
    assert "it is not overwritten" in again.err
    assert paper.read_text() == before


async def test_generate_can_begin_with_nothing(dale: Any) -> None:
    told = await dale.crewhall("generate", "-c", "new.yaml", "-r", "new-registration.yaml")
    assert told.status == 66
    assert "--server example.org" in told.err
    told = await dale.crewhall(
        *("generate", "-c", "new.yaml", "-r", "new-registration.yaml", "--server", "example.org"),
        *("--homeserver", "http://127.0.0.1:8008", "--operator", "@you:example.org"),
    )
    assert told.status == 0, told.err
    config = yaml.safe_load((dale.directory / "new.yaml").read_text())
    assert config["homeserver"] == {"address": "http://127.0.0.1:8008", "name": "example.org"}


async def test_check_finds_all_in_order_with_and_without_the_service(dale: Any) -> None:
    for serving in (True, False):
        if not serving:
            await dale.rest()
        told = await dale.crewhall("check")
        assert told.status == 0, told.out
        for what in (
            "configuration",
            "registration",
            "charters: dale",
            f"a homeserver answers at {dale.synapse.address}",
            "ping came back",
        ):
            assert what in told.out
    await dale.serve()


async def test_check_says_what_to_mend(dale: Any) -> None:
    paper = dale.write_charter("broken", {**CHARTER, "plases": [], "door": {"join": "open"}})
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        told = await dale.crewhall("check", CREWHALL_HOMESERVER__ADDRESS=f"http://127.0.0.1:{port}")
    plan = await dale.crewhall("plan")  # a draft does not stop what stands
    assert plan.status != 1
    assert "charter.left_out" in plan.err
    paper.unlink()
    assert told.status == 1
    said = words(told.out)
    assert "broken.yaml:" in said
    assert "`plases`" in said
    assert "`places`" in said
    assert f"no homeserver answers at http://127.0.0.1:{port}" in said
    other = dale.directory / "other.yaml"
    stranger = yaml.safe_load((dale.directory / "registration.yaml").read_text())
    other.write_text(yaml.safe_dump({**stranger, "as_token": "x" + stranger["as_token"][1:]}))
    told = await dale.crewhall("check", CREWHALL_REGISTRATION="other.yaml")
    assert told.status == 1
    assert "does not know our token" in words(told.out)
    assert stranger["as_token"][1:] not in told.out + told.err


async def test_unknown_settings_are_refused_with_the_nearest_known_one(dale: Any) -> None:
    config = yaml.safe_load((dale.directory / "config.yaml").read_text())
    (dale.directory / "typo.yaml").write_text(yaml.safe_dump({**config, "charter": "./charters"}))
    told = await dale.crewhall("plan", "-c", "typo.yaml")
    assert told.status == 78
    assert "`charters`" in told.err
    assert "Traceback" not in told.err


async def test_a_homeserver_that_is_away_is_one_sentence(dale: Any) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        told = await dale.crewhall("plan", CREWHALL_HOMESERVER__ADDRESS=address)
    assert told.status == 69
    assert told.err == (
        f"crewhall: No homeserver answers at {address}: start it, or correct homeserver.address.\n"
    )


async def test_found_plan_and_apply(dale: Any) -> None:
    told = await dale.crewhall("found", "charters/dale.yaml")
    assert (told.status, told.err) == (0, "")
    ann = await dale.guest("ann")
    root = await ann.enter_room(f"#_crewhall_dale:{dale.synapse.name}")
    hall = await ann.enter_room(f"#_crewhall_dale_place_hall:{dale.synapse.name}")
    await dale.answer(ann, hall, "!me")
    told = await dale.crewhall("plan")
    assert (told.status, told.out.strip()) == (0, "Nothing would change.")

    await dale.rest()
    people = [await dale.guest(f"p{n}") for n in range(5)]
    for person in people:
        await person.enter_room(root)
        await person.enter_room(hall)
    await dale.serve()
    await dale.answer(people[0], hall, "!me")
    await dale.rest()
    changed = {**CHARTER, "places": [*CHARTER["places"], {"key": "yard", "name": "Yard"}]}
    dale.write_charter("dale", changed)
    told = await dale.crewhall("found", "charters/dale.yaml")
    assert "1 create" in told.out
    await dale.crewhall("plan")
    listed = {str(room.get("name")) for room in await ann.inside(root)}
    assert {"Hall", "Yard"} <= listed
    await dale.serve()


async def test_a_risky_plan_waits_for_its_fingerprint(dale: Any) -> None:
    """Strangers let into an unlisted crew's room by hand are many removals that nobody decided."""
    assert (await dale.crewhall("found", "charters/dale.yaml")).status == 0
    eve = await dale.guest("eve")
    await eve.enter_room(f"#_crewhall_dale:{dale.synapse.name}")
    chat = await dale.chat(eve)
    await dale.answer(eve, chat, "!crew start Hoard")
    room = await eve.accepts("Hoard")
    await eve.finds(lambda: True if room in eve.sight.joined else None, "the room")
    await dale.answer(eve, chat, "!me")
    await dale.rest()
    guests = [await dale.guest(f"g{n}") for n in range(6)]
    for guest in guests:
        await eve.invite(room, guest.id)
        await guest.enter_room(room)
    plan = await dale.crewhall("plan")
    assert plan.status == 2, plan.out
    said = words(plan.out)
    assert "Waits for a yes: 6 people would be removed; more than 3 are asked about" in said
    no = await dale.crewhall("apply")
    assert no.status == 1
    fingerprint = no.err.strip().rpartition("--yes ")[2]
    assert fingerprint in said
    wrong = await dale.crewhall("apply", "--yes", "0123456789abcdef")
    assert wrong.status == 1
    assert (await eve.state(room, "m.room.member", guests[0].id))["membership"] == "join"
    yes = await dale.crewhall("apply", "--yes", fingerprint)
    assert yes.status == 0, yes.out + yes.err
    assert "6 remove" in yes.out
    for guest in guests:
        await guest.saw(room, becomes(guest.id, "leave"), "being out")
    assert (await dale.crewhall("plan")).status == 0
    await dale.serve()


async def test_two_services_cannot_listen_at_one_place(dale: Any) -> None:
    for more, what in (({}, "Another crewhall"), ({"CREWHALL_LEDGER": "other.db"}, str(dale.port))):
        told = await dale.crewhall("serve", **more)
        assert told.status == 75, told.err
        assert len(told.err.strip().splitlines()) == 1
        assert what in told.err


async def test_a_service_told_to_stop_ends_well(dale: Any) -> None:
    assert await dale.rest() == 0
    log = dale.log
    assert "service.stopping" in log
    registration = yaml.safe_load((dale.directory / "registration.yaml").read_text())
    assert registration["as_token"] not in log
    assert registration["hs_token"] not in log
    await dale.serve()
