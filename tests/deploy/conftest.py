"""What the deployment files say, read as data: instructions of the image, settings of the unit, templates."""

import asyncio
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml

from crewhall.cli import main
from crewhall.lab.desk import CHARTER, OURS, answering, live_in, write_config

DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.fixture(scope="session")
def deploy() -> Path:
    return DEPLOY


@pytest.fixture(scope="session")
def image() -> list[tuple[str, str]]:
    """The Containerfile's instructions, each with its words on one line."""
    text = (DEPLOY / "container" / "Containerfile").read_text()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    whole = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [tuple(line.split(None, 1)) for line in whole.splitlines() if line.strip()]  # type: ignore[misc]


@pytest.fixture(scope="session")
def image_env(image: list[tuple[str, str]]) -> dict[str, str]:
    """The environment that the image sets."""
    pairs = [pair for name, words in image if name == "ENV" for pair in words.split()]
    return dict(pair.split("=", 1) for pair in pairs)  # type: ignore[misc]


@pytest.fixture(scope="session")
def image_command(image: list[tuple[str, str]]) -> list[str]:
    """What a container of the image runs."""
    told = dict(image)
    return [*json.loads(told["ENTRYPOINT"]), *json.loads(told["CMD"])]


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    """The compose file, as YAML gives it."""
    told: dict[str, Any] = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text())
    return told


@pytest.fixture(scope="session")
def unit() -> dict[str, list[str]]:
    """The settings of the unit's service, each with all its values in order."""
    found: dict[str, list[str]] = {}
    section = ""
    for line in (DEPLOY / "systemd" / "crewhall.service").read_text().splitlines():
        if line.startswith("["):
            section = line
        elif section == "[Service]" and "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


Tool = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def tool() -> Tool:
    """Runs a program that is not part of the project, beside our Python or on the path; skips without it."""

    def run(name: str, *words: str, folder: Path = DEPLOY) -> subprocess.CompletedProcess[str]:
        beside = Path(sys.executable).with_name(name)
        found = str(beside) if beside.exists() else shutil.which(name)
        if found is None:
            pytest.skip(f"{name} is not installed")
        return subprocess.run(  # noqa: S603 - a linter
            [found, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=100
        )

    return run


Rendered = Callable[..., str]


@pytest.fixture(scope="session")
def rendered() -> Rendered:
    """Renders a template of the role as Ansible would, with its defaults below what is given."""
    role = DEPLOY / "ansible" / "matrix-bot-crewhall"
    own = jinja2.Environment(  # noqa: S701 - YAML, not HTML
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined
    )
    own.filters["to_json"] = json.dumps
    own.filters["regex_escape"] = re.escape
    own.filters["hash"] = lambda text, kind: hashlib.new(kind, text.encode()).hexdigest()

    def render(template: str, given: Mapping[str, Any]) -> str:
        known: dict[str, Any] = {}
        for folder in ("defaults", "vars"):
            known |= yaml.safe_load((role / folder / "main.yml").read_text())
        known |= given
        for _ in range(5):
            for name, value in known.items():
                if isinstance(value, str) and "{{" in value:
                    known[name] = own.from_string(value).render(known)
        text = (role / "templates" / template).read_text().removeprefix("#jinja2: lstrip_blocks: True\n")
        return own.from_string(text).render(known)

    return render


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with everything that any command reads, beside a homeserver that knows us."""
    folder = tmp_path_factory.mktemp("desk")
    here = ["-c", str(folder / "config.yaml")]
    with answering(*OURS) as address:
        write_config(folder, address)
        assert main(["generate", *here, "-r", str(folder / "registration.yaml")]) == 0
        (folder / "dale.yaml").write_text(yaml.safe_dump(CHARTER.model_dump(mode="json")))
        asyncio.run(live_in(folder / "crewhall.db"))
        assert main(["backup", *here, str(folder / "kept.backup")]) == 0
        assert main(["export", *here, "dale", str(folder / "kept.json")]) == 0
        yield folder
