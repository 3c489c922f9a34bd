"""What operators read leads somewhere, names nobody's machine, and the versions in it are ours."""

import re
from pathlib import Path

import pytest

from crewhall import __version__
from crewhall.cli import crewhall

LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)(#[\w-]*)?\)")
PRIVATE = re.compile(r"/home/\w+|/Users/\w+|\b(?:10|192\.168)\.\d+\.\d+(?:\.\d+)?\b|file:///(?!etc/crewhall)")


@pytest.fixture(scope="module")
def pages(deploy: Path) -> list[Path]:
    return sorted(deploy.rglob("*.md"))


def test_every_link_leads_to_a_file(pages: list[Path]) -> None:
    assert len(pages) >= 4
    dead = [
        f"{page.name}: {target}"
        for page in pages
        for target, _ in LINK.findall(page.read_text())
        if not (page.parent / target).exists()
    ]
    assert dead == []


def headings(page: Path) -> set[str]:
    """Return the anchors that a page has."""
    heads = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head).lower().replace(" ", "-") for head in heads}


def test_every_link_between_all_pages_leads_to_its_place(deploy: Path) -> None:
    top = deploy.parent
    folders = ("config", "deploy", "service", "bridges", "tests")
    every = [*top.glob("*.md"), *(page for folder in folders for page in (top / folder).rglob("*.md"))]
    assert len(every) >= 10
    dead = [
        f"{page.relative_to(top)}: {target}{anchor}"
        for page in every
        for target, anchor in LINK.findall(page.read_text())
        if not (page.parent / target).exists()
        or (anchor and target.endswith(".md") and anchor[1:] not in headings(page.parent / target))
    ]
    assert dead == []


def test_every_heading_that_is_led_to_is_there(pages: list[Path]) -> None:
    for page in pages:
        text = page.read_text()
        heads = headings(page)
        for anchor in re.findall(r"\]\(#([\w-]+)\)", text):
            assert anchor in heads, f"{page.name}: #{anchor}"


def test_no_file_names_somebodys_machine(deploy: Path) -> None:
    files = [path for path in deploy.rglob("*") if path.is_file() and path.suffix != ".svg"]
    assert len(files) > 20
    named = {
        f"{path.relative_to(deploy)}: {found[0]}"
        for path in files
        for found in PRIVATE.finditer(path.read_text())
    }
    assert named == set()


def test_every_command_that_is_named_exists(pages: list[Path]) -> None:
    text = "\n".join(page.read_text() for page in pages)
    said = set(re.findall(r"(?:bin/|`| crewhall )crewhall ([a-z]+)\b", text))
    assert {"generate", "check", "serve", "found", "backup", "restore"} <= said
    assert said <= set(crewhall.commands), said - set(crewhall.commands)


def test_every_command_is_named_in_the_changes(deploy: Path) -> None:
    text = (deploy / "CHANGES.md").read_text()
    assert [
        name for name in crewhall.commands if f"`{name}`" not in text and f"crewhall {name}`" not in text
    ] == []


def test_this_version_has_its_changes(deploy: Path) -> None:
    newest = re.search(r"^## (\S+)$", (deploy / "CHANGES.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert __version__.startswith(newest[1])
    assert f"localhost/crewhall:{newest[1]}" in (deploy / "container" / "compose.yaml").read_text()
