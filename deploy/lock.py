# ruff: noqa: INP001 - a program beside the files it writes
"""Writes what is installed, to the byte: requirements.lock with hashes, and LICENCES.md of everything in it.

``python deploy/lock.py lock`` resolves anew (needs ``uv``). Then, with the Python of an environment made by
``pip install --require-hashes -r deploy/requirements.lock``, ``python deploy/lock.py licences``.
``python deploy/lock.py build`` writes build.lock: what builds the package, and is not installed with it.
"""

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import Distribution, distribution
from pathlib import Path

HERE = Path(__file__).parent
LOCK = HERE / "requirements.lock"
BUILD = HERE / "build.lock"
PAGE = HERE / "LICENCES.md"

COMPATIBLE = {
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "LGPL-3.0-or-later",
    "LicenseRef-Public-Domain",
    "MIT",
    "MIT-0",
    "PSF-2.0",
    "Python-2.0",
}
"""SPDX names that may go into a work under AGPL-3.0-or-later."""

_SPOKEN = {
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache 2": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Public Domain": "LicenseRef-Public-Domain",
    "The MIT License (MIT)": "MIT",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
}
"""What older metadata says, by its SPDX name."""

_HEAD = """# Licences

Everything that `requirements.lock` installs, by its own metadata. All of it may go into a work under
AGPL-3.0-or-later, which Crewhall is.

<!-- generated: python deploy/lock.py licences -->

| package | version | licence |
| --- | --- | --- |
"""


def pins() -> dict[str, str]:
    """Return every locked package with its version."""
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", LOCK.read_text(), re.MULTILINE))


def licence(found: Distribution) -> str:
    """Return the SPDX expression of an installed package, at last by the first line of its licence.

    Raises `ValueError` if none is known to be compatible.
    """
    told = found.metadata
    said = [*(told.get_all("License-Expression") or ()), *(told.get_all("License") or ())]
    lines = told.get_all("Classifier") or ()
    said += [line.rpartition(" :: ")[2] for line in lines if line.startswith("License")]
    files = [
        file for file in found.files or () if file.name.startswith("LICENSE") and ".dist-info" in str(file)
    ]
    said += [file.read_text().partition("\n")[0] for file in files]
    for words in said:
        name = _SPOKEN.get(words or "", words or "")
        if name and set(re.split(r" (?:AND|OR) ", name)) <= COMPATIBLE:
            return name
    raise ValueError(f"{found.name}: no licence known to be compatible in {said}.")


def page(rows: dict[str, tuple[str, str]]) -> str:
    """Return the list of licences as a page: version and licence by package."""
    lines = [f"| {name} | {version} | {terms} |" for name, (version, terms) in sorted(rows.items())]
    lesser = sorted(name for name, (_, terms) in rows.items() if "LGPL" in terms)
    return f"{_HEAD}{chr(10).join(lines)}\n\nUnder the LGPL: {', '.join(lesser) or 'none'}.\n"


def _lock() -> None:
    words = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate"]
    command = ["uv", "pip", "compile", "--no-config", "--quiet", *words, "-o", str(LOCK), "pyproject.toml"]
    subprocess.run(command, cwd=HERE.parent, check=True)  # noqa: S603 - fixed words


def _build() -> None:
    told = tomllib.loads((HERE.parent / "pyproject.toml").read_text())["build-system"]["requires"]
    how = ["--dry-run", "--quiet", "--ignore-installed", "--only-binary=:all:", "--report", "-"]
    command = [sys.executable, "-m", "pip", "install", *how, *told]
    report = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout  # noqa: S603 - fixed words
    found = {
        one["metadata"]["name"].lower(): (
            one["metadata"]["version"],
            one["download_info"]["archive_info"]["hashes"]["sha256"],
        )
        for one in json.loads(report)["install"]
    }
    lines = [
        f"{name}=={version} \\\n    --hash=sha256:{sum_}\n" for name, (version, sum_) in sorted(found.items())
    ]
    BUILD.write_text("".join(lines))


def _licences() -> None:
    rows = {}
    for name, version in pins().items():
        found = distribution(name)
        if found.version != version:
            raise SystemExit(
                f"{name} {found.version} is installed, {version} is locked: install from the lock first."
            )
        rows[name] = (version, licence(found))
    PAGE.write_text(page(rows))


if __name__ == "__main__":
    verbs = {"lock": _lock, "build": _build, "licences": _licences}
    if len(sys.argv) != 2 or sys.argv[1] not in verbs:  # noqa: PLR2004 - itself and the verb
        raise SystemExit(__doc__)
    verbs[sys.argv[1]]()
