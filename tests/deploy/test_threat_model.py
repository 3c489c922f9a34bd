"""Every "cannot" of the threat model leads to a test that is there; and two of them are shown here."""

import ast
import re
from pathlib import Path

import pytest

from crewhall.errors import Denied
from crewhall.lab.town import OPERATOR, Town

LINK = re.compile(r"\[proof\]\(\.\./(tests/[\w/]+\.py)#(\w+)\)")
ACTORS = ("Outsider", "Guest", "Member", "Keyholder", "Operator", "Sister", "Homeserver admin")
DALE = {
    "key": "dale",
    "name": "Dale",
    "door": {"join": "invite"},
    "places": [{"key": "hall", "name": "Hall"}],
}


@pytest.fixture(scope="module")
def model(deploy: Path) -> str:
    return (deploy / "THREAT_MODEL.md").read_text()


def section(model: str, title: str) -> str:
    found = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", model, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


def proofs(path: Path) -> set[str]:
    """Return what a file proves: its tests, and the promises of its state machines."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            marks = {ast.unparse(mark).split("(")[0] for mark in node.decorator_list}
            if node.name.startswith("test_") or "invariant" in marks:
                found.add(node.name)
    return found


def test_every_actor_is_there(model: str) -> None:
    assert (
        tuple(title for title in re.findall(r"^## (.*)$", model, re.MULTILINE) if title in ACTORS) == ACTORS
    )


@pytest.mark.parametrize("actor", ACTORS)
def test_every_cannot_has_its_proof(model: str, actor: str) -> None:
    said = section(model, actor)
    cannot = re.findall(r"^- (.*)$", said.partition("\nCannot")[2], re.MULTILINE)
    assert len(cannot) >= 4
    assert [line for line in cannot if not LINK.search(line)] == []


def test_every_proof_is_there(model: str, deploy: Path) -> None:
    links = LINK.findall(model)
    assert model.count("[proof]") == len(links) > 60
    missing = [
        f"{path}: {name}"
        for path, name in links
        if not (deploy.parent / path).is_file() or name not in proofs(deploy.parent / path)
    ]
    assert missing == []


def test_what_is_open_is_said(model: str) -> None:
    assert len(re.findall(r"^- \*\*", section(model, "Open"), re.MULTILINE)) >= 5


def test_nothing_the_service_does_needs_a_login_or_an_admin(deploy: Path) -> None:
    service = deploy.parent / "service" / "crewhall"
    played = {"lab", "demo", "testing"}  # people log in there, and homeservers are imitated
    asked = re.compile(r"_synapse|m\.login\.password|v3/login|[\"']login[\"']|registration_shared_secret")
    found = [
        f"{path.relative_to(service)}: {line.strip()}"
        for path in service.rglob("*.py")
        if path.relative_to(service).parts[0] not in played
        for line in path.read_text().splitlines()
        if asked.search(line)
    ]
    assert found == []


@pytest.mark.homeserver
async def test_an_operator_is_let_into_no_room_by_that(tmp_path: Path) -> None:
    async with Town(tmp_path) as town:
        ann = await town.guest("ann")
        operator = await town.guest(OPERATOR)
        paper = town.write_charter("dale", {**DALE, "founders": [ann.id]})
        told = await town.crewhall("found", str(paper))
        assert told.status == 0, told.out + told.err
        root = await ann.accepts("Dale")
        ben = await town.guest("ben")
        await ann.invite(root, ben.id)
        await ben.enter_room(root)
        chat = await town.chat(ann)
        assert "Lantern" in (await town.answer(ann, chat, f"!crew start Lantern {ben.id}", to=[ben])).text
        crew = await ann.accepts("Lantern")
        await operator.look()
        assert not operator.sight.invited
        for room in (root, crew):
            with pytest.raises(Denied):
                await operator.enter_room(room)
