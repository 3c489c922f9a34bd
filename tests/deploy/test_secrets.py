"""Tokens, keys and what people say are searched for in all that any command and the log ever print."""

import asyncio
import json
import shutil
import zipfile
from pathlib import Path
from typing import NamedTuple

import pyrage
import pytest
import yaml

from crewhall.adapters.ledger import SqliteLedger
from crewhall.cli import crewhall, main
from crewhall.ground.ids import UserId
from crewhall.ground.talk import Say, Sentence, ToPerson, Verbatim
from crewhall.house import FACTS
from crewhall.lab.desk import AT, OURS, answering, write_config
from crewhall.ports import Entry

pytestmark = pytest.mark.usefixtures("log_as_before")

WORDS, SAID = "canary-of-somebodys-words", "canary-of-the-keepers-words"
AS_TOKEN, HS_TOKEN = "canary-as-0123456789abcdef", "canary-hs-0123456789abcdef"
EVENT = {
    "type": "m.room.message",
    "event_id": "$canary",
    "room_id": "!somewhere:hall.test",
    "sender": "@ann:hall.test",
    "content": {"msgtype": "m.text", "body": f"!why {WORDS}"},
}


class Place(NamedTuple):
    """A folder with papers, and what must never be shown of it."""

    folder: Path
    key: Path
    secrets: tuple[str, ...]


@pytest.fixture
def place(desk: Path, tmp_path: Path) -> Place:
    """Copy the desk with canaries in it: tokens, an age key, words that wait to be heard and to be said."""
    folder = tmp_path / "place"
    shutil.copytree(desk, folder)
    paper = folder / "registration.yaml"
    told = yaml.safe_load(paper.read_text())
    paper.write_text(yaml.safe_dump({**told, "as_token": AS_TOKEN, "hs_token": HS_TOKEN}))
    key = folder / "age.txt"
    secret = str(pyrage.x25519.Identity.generate())
    key.write_text(f"{secret}\n")
    asyncio.run(_wait(folder / "crewhall.db"))
    return Place(folder, key, (AS_TOKEN, HS_TOKEN, secret, WORDS, SAID))


async def _wait(ledger: Path) -> None:
    say = Say(ToPerson(UserId("@ann:hall.test")), Sentence("told", {"lines": Verbatim(SAID)}))
    async with SqliteLedger.open(ledger, FACTS) as made:
        await made.take_in([EVENT], AT)
        await made.commit(Entry("test:said", AT, says=(say,)))


ANSWERS = {
    "ours": OURS,
    "echoing": (400, json.dumps({"errcode": "M_X", "error": f"what is {AS_TOKEN}"}).encode()),
    "refusing": (401, json.dumps({"errcode": "M_UNKNOWN_TOKEN", "error": f"Bearer {AS_TOKEN}"}).encode()),
    "failing": (503, f"Authorization: Bearer {AS_TOKEN}".encode()),
}
ARGUMENTS = {
    "generate": (("-r", "registration.yaml"), ("-r", "other.yaml")),
    "check": ((),),
    "doctor": ((), ("--json",)),
    "found": (("dale.yaml",),),
    "plan": ((),),
    "apply": ((),),
    "backup": (
        ("plain.backup",),
        ("sealed.backup", "--key", "age.txt"),
        ("x.backup", "--key", "crewhall.db"),
    ),
    "restore": (("kept.backup",), ("kept.backup", "--key", "age.txt"), ("registration.yaml",)),
    "recover": ((),),
    "export": (("dale", "new.json"),),
    "import": (("kept.json",), ("registration.yaml",)),
    "retire": (("dale",), ("dale", "--yes", "0")),
    "upgrade": (("dale",),),
}
ELSEWHERE = {"demo", "serve"}
"""They run long: `serve` is searched in tests/flows/test_service_watched.py; a demo's secrets are its own."""


def test_every_command_is_searched() -> None:
    assert ARGUMENTS.keys() | ELSEWHERE == crewhall.commands.keys()


@pytest.mark.parametrize(
    ("answer", "form"),
    [("ours", "plain"), ("ours", "json"), ("echoing", "plain"), ("refusing", "json"), ("failing", "plain")],
)
def test_no_command_shows_what_is_secret(
    answer: str,
    form: str,
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(place.folder)
    with answering(*ANSWERS[answer]) as address:
        write_config(place.folder, address, format=form, level="debug")
        for verb, ways in ARGUMENTS.items():
            for words in ways:
                main([verb, "-c", "config.yaml", *words])
                told = "".join(capsys.readouterr())
                assert told, verb
                assert [one for one in place.secrets if one in told] == [], f"{verb} {words}: {told}"


def test_what_is_written_for_others_holds_none_but_a_backup_the_tokens(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place.folder)
    for words in (
        ["export", "dale", "new.json"],
        ["backup", "plain.backup"],
        ["backup", "--key", "age.txt", "sealed.backup"],
    ):
        assert main([words[0], "-c", "config.yaml", *words[1:]]) == 0
    exported = (place.folder / "new.json").read_text()
    assert [one for one in place.secrets if one in exported] == []
    sealed = (place.folder / "sealed.backup").read_bytes()
    assert [one for one in place.secrets if one.encode() in sealed] == []
    with zipfile.ZipFile(place.folder / "plain.backup") as archive:
        about = archive.read("about.json").decode()
        assert AS_TOKEN in archive.read("registration.yaml").decode()  # without them it would not be whole
        assert [name for name in archive.namelist() if "age" in name] == []
    assert [one for one in place.secrets if one in about] == []


@pytest.mark.parametrize("paper", ["registration.yaml", "config.yaml"])
def test_a_paper_that_is_wrong_is_told_without_its_tokens(
    place: Place, paper: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(place.folder)
    tokens = f"as_token: {AS_TOKEN}\nhs_token: {HS_TOKEN}"
    for text in (
        f"{tokens}\n  wrong: [",
        f"{tokens}\nid: 5\nurl: {{}}\n",
        f"as_token: [{AS_TOKEN}]\nhs_token: {{{HS_TOKEN}: {AS_TOKEN}}}\n",
        f"service: {{as_token: {AS_TOKEN}, hs_token: [{HS_TOKEN}]}}\nhomeserver: {{}}\n"
        if paper == "config.yaml"
        else f"{tokens}\nsender_localpart: ''\nnamespaces: {HS_TOKEN}\n",
    ):
        Path(paper).write_text(text)
        for verb in ("check", "plan", "serve", "doctor"):
            assert main([verb, "-c", "config.yaml"]) != 0
            told = "".join(capsys.readouterr())
            assert AS_TOKEN not in told, (text, told)
            assert HS_TOKEN not in told, (text, told)


def test_a_bug_is_told_without_what_it_quotes(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Odd(dict[str, object]):
        def items(self) -> None:  # type: ignore[override]
            raise ValueError(f"I feel {WORDS} and {AS_TOKEN}")

    monkeypatch.chdir(place.folder)
    monkeypatch.setattr("os.environ", Odd())
    assert main(["plan", "-c", "config.yaml"]) == 70
    told = capsys.readouterr().err
    assert "a bug of ours" in told
    assert "ValueError" in told
    assert [one for one in place.secrets if one in told] == []
