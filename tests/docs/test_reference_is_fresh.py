"""The pages for operators say what the code does: generated parts are fresh, every key has its sentence."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from crewhall.charter.amiss import inner_model
from crewhall.charter.model import Charter
from crewhall.environment import variables
from crewhall.errors import Misconfigured
from crewhall.reference import BEGIN, END, PARTS, generated, main, page, pages
from crewhall.settings import Settings

ROOT = Path(__file__).parents[2]
PAPERS = "config/README.md"


def parts(model: type[BaseModel]) -> list[type[BaseModel]]:
    inner = [m for field in model.model_fields.values() if (m := inner_model(field.annotation)) is not None]
    return [model, *(part for one in inner for part in parts(one))]


@pytest.mark.parametrize("path", sorted(pages(ROOT)), ids=lambda path: path.name)
def test_the_page_is_fresh(path: Path) -> None:
    told = "run `python -m crewhall.reference --write`"
    assert path.read_text(encoding="utf-8") == pages(ROOT)[path], told


@pytest.mark.parametrize(
    "model", [*parts(Settings), *dict.fromkeys(parts(Charter))], ids=lambda model: model.__name__
)
def test_every_key_has_its_sentence(model: type[BaseModel]) -> None:
    for name, field in model.model_fields.items():
        assert (field.description or "").endswith("."), f"{model.__name__}.{name}"


def test_every_key_is_on_the_page() -> None:
    text = generated(PAPERS)
    for path in variables(Settings).values():
        whole = inner_model(Settings.model_fields[path[0]].annotation) is not None
        if len(path) > 1 or not whole:
            assert f"| `{'.'.join(map(str, path))}` |" in text
    for model in parts(Charter):
        for name in model.model_fields:
            assert f"| `{name}` |" in text


def test_what_is_not_fresh_is_named_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in PARTS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"By hand.\n{BEGIN}\nold\n{END}\nBy hand too.\n")
    assert main([], tmp_path) == 1
    assert "not fresh" in capsys.readouterr().out
    assert main(["--write"], tmp_path) == 0
    assert main([], tmp_path) == 0
    for name in PARTS:
        text = (tmp_path / name).read_text()
        assert text == f"By hand.\n{generated(name)}\nBy hand too.\n"


def test_a_page_without_its_marks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="lost the marks"):
        page(PAPERS, "nothing here")
    with pytest.raises(Misconfigured, match="is missing"):
        main([], tmp_path)
