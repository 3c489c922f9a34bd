"""The benchmarks' frame: what counts as holding, what the file lists, and the exit status."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BENCH = Path(__file__).parents[1] / "bench" / "main.py"


@pytest.fixture
def frame(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The frame, loaded as the program that it is."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    spec = importlib.util.spec_from_file_location("bench_main", BENCH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "bench_main", module)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("figure", "least", "holds"),
    [(0.9, False, True), (1.0, False, True), (1.1, False, False), (1.1, True, True), (0.9, True, False)],
)
def test_a_figure_holds_at_its_limit_and_on_the_good_side(
    frame: ModuleType, figure: float, *, least: bool, holds: bool
) -> None:
    row = frame.Row("speed", figure, 1.0, least=least)
    assert row.holds is holds
    assert row.line().startswith("holds" if holds else "MISSES")


def test_what_is_no_number_does_not_hold(frame: ModuleType) -> None:
    assert not frame.Row("speed", float("nan"), 1.0).holds
    assert not frame.Row("speed", float("nan"), 1.0, least=True).holds


def test_the_file_lists_each_figure_with_its_limit_and_whether_it_holds(
    frame: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, told = _run(
        frame, tmp_path, monkeypatch, [("speed", 1.2, 1.3, "ratio"), ("calls", 0, 0, "calls")]
    )
    assert status == 0
    assert [
        (one["name"], one.get("ratio", one.get("value")), one["limit"], one["holds"]) for one in told
    ] == [
        ("speed", 1.2, 1.3, True),
        ("calls", 0, 0, True),
    ]


def test_one_figure_that_misses_is_told_by_the_exit_status(
    frame: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, told = _run(
        frame, tmp_path, monkeypatch, [("speed", 1.4, 1.3, "ratio"), ("calls", 0, 0, "calls")]
    )
    assert status == 1
    assert [one["holds"] for one in told] == [False, True]


def test_an_unknown_name_is_refused_before_anything_runs(
    frame: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["run", "spead"])
    with pytest.raises(SystemExit):
        frame.main()
    assert "no benchmark named spead" in capsys.readouterr().err


def _run(
    frame: ModuleType,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows: list[tuple[str, float, float, str]],
) -> tuple[int, list[dict[str, Any]]]:
    """Run one benchmark whose figures are known."""
    (folder / "bench_known.py").write_text(
        "async def measure(row):\n"
        f"    return [row(name, figure, limit, unit=unit) for name, figure, limit, unit in {rows!r}]\n"
    )
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "bench_known", raising=False)
    monkeypatch.setattr(frame, "NAMES", ("known",))
    monkeypatch.setattr(sys, "argv", ["run", "--json", str(folder / "figures.json"), "known"])
    status = frame.main()
    monkeypatch.delitem(sys.modules, "bench_known", raising=False)
    return status, json.loads((folder / "figures.json").read_text())
