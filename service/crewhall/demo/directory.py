"""The demo's data directory: the very files that `crewhall serve` uses, beside a homeserver and its people.

::

    DIR/config.yaml  registration.yaml  charters/  crewhall.db  logs/     the service's
    DIR/homeserver/                                                       Synapse's
    DIR/people/  people.json                                              devices, names and passwords
"""

import json
import secrets
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Self

import yaml

from crewhall.charter.model import Charter
from crewhall.errors import InTheWay, Missing
from crewhall.lab.papers import write_secret
from crewhall.lab.ports import LOOPBACK, free_port, wanted

KEEPER = "keeper"
MARK = "demo.json"


@dataclass(frozen=True, slots=True)
class Home:
    """A data directory, by its absolute path."""

    path: Path

    @classmethod
    def at(cls, path: str) -> Self:
        """Return the directory that a text names."""
        return cls(Path(path).resolve())

    @property
    def homeserver(self) -> Path:
        """Where the homeserver lives."""
        return self.path / "homeserver"

    @property
    def config(self) -> Path:
        """The service's configuration."""
        return self.path / "config.yaml"

    @property
    def registration(self) -> Path:
        """What tells the homeserver of the service."""
        return self.path / "registration.yaml"

    @property
    def charters(self) -> Path:
        """Where charters are."""
        return self.path / "charters"

    @property
    def ledger(self) -> Path:
        """The service's database."""
        return self.path / "crewhall.db"

    @property
    def logs(self) -> Path:
        """Where the service and the people log."""
        return self.path / "logs"

    @property
    def again(self) -> bool:
        """Whether a story was lived here to its end."""
        return (self.path / MARK).exists()

    def store(self, name: str) -> Path:
        """Return where a person's device is kept."""
        return self.path / "people" / name

    def take(self) -> None:
        """Make the directory; refuse one that holds something else."""
        if self.path.exists() and not self.path.is_dir():
            raise InTheWay(f"{self.path} is not a directory.")
        known = {self.homeserver, self.config, self.path / MARK}
        if self.path.exists() and any(self.path.iterdir()) and not any(p.exists() for p in known):
            raise InTheWay(f"{self.path} holds something else; name an empty or new directory.")
        if self.ledger.exists() and not self.again:
            raise InTheWay(f"The story in {self.path} was broken off; name another directory or remove it.")
        for folder in (self.path, self.charters, self.logs):
            folder.mkdir(parents=True, exist_ok=True)

    def finish(self, notes: dict[str, str]) -> None:
        """Note that the story was lived to its end, and what a next one needs to know."""
        (self.path / MARK).write_text(json.dumps(notes, indent=1))

    def notes(self) -> dict[str, str]:
        """Return what an earlier story noted."""
        return dict(json.loads((self.path / MARK).read_text()))

    def write_config(self, address: str, server: str, operator: str) -> int:
        """Write the configuration if there is none; return the port of the service, which must be free."""
        if self.config.exists():
            listen = str(yaml.safe_load(self.config.read_text())["service"]["listen"])
            return wanted(int(listen.rpartition(":")[2]), "the service")
        port = free_port()
        listen = f"{LOOPBACK}:{port}"
        config = {
            "homeserver": {"address": address, "name": server},
            "service": {
                "listen": listen,
                "address": f"http://{listen}",
                "keeper": KEEPER,
                "operators": [f"@{operator}:{server}"],
            },
            "ledger": "./crewhall.db",
            "charters": "./charters",
        }
        write_secret(self.config, yaml.safe_dump(config, sort_keys=False))
        return port

    def write_charter(self, shipped: str, founder: str) -> Charter:
        """Put a shipped charter here, with its founder, if it is not here yet; return it."""
        paper = self.charters / f"{shipped}.yaml"
        if not paper.exists():
            origin = files("crewhall_config") / "charters" / f"{shipped}.yaml"
            if not origin.is_file():
                raise Missing(f"There is no shipped charter named {shipped}.")
            lines = [line for line in origin.read_text().splitlines() if not line.startswith("founders:")]
            paper.write_text("\n".join((*lines, f'founders: ["{founder}"]', "")))
        return Charter.model_validate(yaml.safe_load(paper.read_text()))

    def passwords(self, names: list[str]) -> dict[str, str]:
        """Return a password for each name, kept; people of earlier runs are included."""
        paper = self.path / "people.json"
        kept: dict[str, str] = json.loads(paper.read_text()) if paper.exists() else {}
        kept |= {name: secrets.token_urlsafe(9) for name in names if name not in kept}
        write_secret(paper, json.dumps(kept, indent=1))
        return kept
