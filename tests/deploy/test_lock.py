"""What is installed is locked to the byte, and everything locked may go into a work under the AGPL."""

import re
import runpy
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


@pytest.fixture(scope="module")
def maker(deploy: Path) -> dict[str, Any]:
    return runpy.run_path(str(deploy / "lock.py"))


@pytest.fixture(scope="module")
def pins(maker: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = maker["pins"]()
    assert len(found) > 20
    return found


@pytest.fixture(scope="module")
def listed(deploy: Path) -> dict[str, tuple[str, str]]:
    rows = re.findall(
        r"^\| ([a-z0-9.-]+) \| ([0-9]\S*) \| (.+) \|$", (deploy / "LICENCES.md").read_text(), re.MULTILINE
    )
    return {name: (version, terms) for name, version, terms in rows}


@pytest.fixture(scope="module")
def wanted(deploy: Path) -> dict[str, Requirement]:
    told = tomllib.loads((deploy.parent / "pyproject.toml").read_text())["project"]["dependencies"]
    return {canonicalize_name(Requirement(line).name): Requirement(line) for line in told}


@pytest.fixture(scope="module")
def wanted_to_build(deploy: Path) -> list[Requirement]:
    told = tomllib.loads((deploy.parent / "pyproject.toml").read_text())["build-system"]["requires"]
    return [Requirement(line) for line in told]


def test_every_dependency_is_locked_at_a_version_that_it_allows(
    wanted: dict[str, Requirement], pins: dict[str, str]
) -> None:
    assert set(wanted) <= set(pins)
    for name, requirement in wanted.items():
        assert requirement.specifier.contains(pins[name]), f"{requirement}, but {pins[name]} is locked"


def test_nothing_is_locked_that_no_dependency_brings(
    wanted: dict[str, Requirement], pins: dict[str, str]
) -> None:
    brought: set[str] = set()
    ahead = set(wanted)
    while ahead:
        name = ahead.pop()
        brought.add(name)
        try:
            lines = distribution(name).requires or []
        except PackageNotFoundError:
            pytest.skip(f"{name} is not installed")
        needs = [Requirement(line) for line in lines]
        here = {
            canonicalize_name(n.name) for n in needs if n.marker is None or n.marker.evaluate({"extra": ""})
        }
        ahead |= here - brought
    # What the locked versions need may differ from what these need: names only, and only what is too much.
    assert set(pins) - brought <= {"feedparser-sgmllib", "sgmllib3k", "tzdata"}


def test_every_line_has_a_hash_and_none_names_a_place(deploy: Path) -> None:
    text = (deploy / "requirements.lock").read_text().replace("\\\n", "")
    for line in text.splitlines():
        assert re.fullmatch(r"[a-z0-9.-]+==\S+( ;[^-]+)?( +--hash=sha256:[0-9a-f]{64})+ *", line), line[:80]


def test_the_licences_are_those_of_the_lock(
    deploy: Path, maker: dict[str, Any], pins: dict[str, str], listed: dict[str, tuple[str, str]]
) -> None:
    assert {name: version for name, (version, _) in listed.items()} == pins
    assert maker["page"](listed) == (deploy / "LICENCES.md").read_text()


def test_every_licence_goes_with_ours(maker: dict[str, Any], listed: dict[str, tuple[str, str]]) -> None:
    for name, (_, terms) in listed.items():
        assert set(re.split(r" (?:AND|OR) ", terms)) <= maker["COMPATIBLE"], name


def test_a_licence_that_does_not_go_with_ours_is_refused(maker: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "odd-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(
        "Metadata-Version: 2.4\nName: odd\nVersion: 1\nLicense-Expression: GPL-2.0-only\n"
    )
    with pytest.raises(ValueError, match="compatible"):
        maker["licence"](Distribution.at(folder))


def test_the_image_installs_nothing_that_is_not_locked(image: list[tuple[str, str]]) -> None:
    installs = [
        part for name, words in image if name == "RUN" for part in words.split("&&") if " install " in part
    ]
    *locked, own = [part for part in installs if "pip " in part]
    assert [part.split()[-1] for part in locked] == ["build.lock", "requirements.lock"]
    assert all("--require-hashes --no-deps -r" in part for part in locked)
    assert own.rstrip().endswith("--no-deps /opt/wheel/*.whl")
    (built,) = [
        part for name, words in image if name == "RUN" for part in words.split("&&") if " wheel -" in part
    ]
    assert "--no-deps --no-build-isolation" in built


def test_what_builds_the_package_is_locked_too(deploy: Path, wanted_to_build: list[Requirement]) -> None:
    text = (deploy / "build.lock").read_text().replace("\\\n", "")
    found = dict(re.findall(r"^([a-z0-9.-]+)==(\S+) +--hash=sha256:[0-9a-f]{64}$", text, re.MULTILINE))
    assert len(found) == len(text.splitlines())
    for need in wanted_to_build:
        assert need.specifier.contains(found[canonicalize_name(need.name)])


def test_both_locks_agree(deploy: Path, pins: dict[str, str]) -> None:
    told = dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", (deploy / "build.lock").read_text(), re.MULTILINE))
    assert {name: pins[name] for name in told.keys() & pins.keys()} == {
        name: told[name] for name in told.keys() & pins.keys()
    }
