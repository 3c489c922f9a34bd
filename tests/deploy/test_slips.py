"""A slip on the command line is answered with one sentence that says what was meant wrongly."""

from pathlib import Path

import pytest

from crewhall.cli import main
from crewhall.lab.desk import everything


@pytest.mark.parametrize(
    "slip",
    [
        ((), 64, "Usage: crewhall"),
        (("frob",), 64, "No such command 'frob'"),
        (("demo", "--charter", "nope"), 66, "no shipped charter named nope"),
        (("demo", "--sisters", "2", "--data", "data"), 78, "leave --data out"),
        (("demo", "--port", "99999999"), 64, "not in the range"),
        (("backup", "-c", "config.yaml"), 64, "Missing argument 'FILE'"),
        (("backup", "-c", "config.yaml", "nowhere/x.backup"), 73, "No such file or directory"),
        (("backup", "-c", "config.yaml", "--key", "nokey", "x.backup"), 66, "no file nokey"),
        (("backup", "-c", "config.yaml", "--key", "dale.yaml", "x.backup"), 65, "age-keygen"),
        (("export", "-c", "config.yaml", "nowhere", "x.json"), 66, "no community nowhere"),
        (("retire", "-c", "config.yaml", "nowhere"), 66, "no community nowhere"),
        (("upgrade", "-c", "config.yaml", "nowhere"), 66, "no community nowhere"),
        (("upgrade", "-c", "config.yaml", "--to", "99", "dale"), 78, "is none that Crewhall knows"),
    ],
)
def test_a_slip_is_one_sentence_and_changes_nothing(
    slip: tuple[tuple[str, ...], int, str],
    desk: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words, status, said = slip
    monkeypatch.chdir(desk)
    before = everything(desk)
    capsys.readouterr()
    assert main(list(words)) == status
    told = capsys.readouterr().err
    assert said in told
    assert len(told.splitlines()) == 1 or told.startswith("Usage: ")
    assert everything(desk) == before
