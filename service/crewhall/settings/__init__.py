"""Everything an operator can set: one YAML file, the environment above it, secrets from files.

``CREWHALL_HOMESERVER__ADDRESS`` sets ``homeserver.address``, and so on; ``..._FILE`` behind such a name says
in which file the value stands. Relative paths are relative to the configuration's own folder.
"""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic import ValidationError as Invalid
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from crewhall.charter.amiss import amiss, unknown
from crewhall.charter.faults import Fault, Faults, spelled
from crewhall.charter.paper import MOST_BYTES, Paper, read_paper
from crewhall.environment import Told, told_by
from crewhall.errors import Missing, unread
from crewhall.settings.shapes import Address, Listen, ListenOrNot, LocalPart, PersonId, Server, Span


class Part(BaseModel):
    """Parent of every part of the settings: frozen, nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class HomeserverSettings(Part):
    """The homeserver beside which the service runs."""

    address: Address
    """Base of its client API as the service reaches it, such as `http://127.0.0.1:8008`."""
    name: Server
    """Its own name: what follows the colon in its users' names."""


class ServiceSettings(Part):
    """The service itself."""

    listen: Listen = "127.0.0.1:29331"
    """Host and port where it waits for the homeserver. Nobody else needs to reach it; do not publish it."""
    address: Address = "http://127.0.0.1:29331"
    """The same place as the homeserver reaches it. It goes into the registration."""
    keeper: LocalPart = "keeper"
    """Whom people talk to: the part of the user name between @ and the colon. Never changes."""
    display: Annotated[str, Field(min_length=1, max_length=80)] = "Keeper"
    """The keeper's display name, set once where it has none."""
    operators: tuple[PersonId, ...] = ()
    """Matrix names of those who may found communities in chat. It gives no entry to any room."""
    id: LocalPart = "crewhall"
    """The registration's id. Never changes."""
    sender: LocalPart = "_crewhall"
    """The registration's own user, whom nobody meets. Never changes."""
    as_token: SecretStr | None = None
    """What the service proves itself with. Read from the registration unless it is set here."""
    hs_token: SecretStr | None = None
    """What the homeserver proves itself with. Read from the registration unless it is set here."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.keeper == self.sender:
            raise ValueError("names the same user as `keeper` and as `sender`: give them two names.")
        if (self.as_token is None) != (self.hs_token is None):
            raise ValueError("has one of `as_token` and `hs_token`: set both, or neither.")
        return self


class LimitSettings(Part):
    """How much, how old, how often."""

    command_age: Span = timedelta(days=1)
    """A command older than this when it arrives is not carried out; its sender is told so."""
    commands_per_minute: Annotated[int, Field(ge=1, le=1000)] = 20
    """Commands of one person that are answered in a minute."""
    look_every: Span = timedelta(hours=1)
    """How often all rooms are looked at, whatever was heard."""
    concurrency: Annotated[int, Field(ge=1, le=64)] = 8
    """Calls to the homeserver that are under way at once."""


class KeepSettings(Part):
    """How long what is over is kept. Consents and decisions stay as long as they bind."""

    private: Span = timedelta(days=1)
    """A private answer once a newer one replaced it; who said what about somebody's safety, once closed."""
    closed: Span = timedelta(days=30)
    """Other questions that closed and came to nothing; all that is known of a community that has retired."""


class BridgeSettings(Part):
    """What bridges may do beyond this machine."""

    private_addresses: bool = False
    """Whether feeds and calendars may be read from this machine and its own network."""
    calendar_listen: Listen | Literal[""] = ""
    """Host and port where the calendars of gatherings are served; left out, they are not."""
    calendar_address: Address | Literal[""] = ""
    """The same place as people's calendars reach it, such as `https://calendar.example.org`."""


class WatchSettings(Part):
    """What can be watched: `/live`, `/ready` and `/metrics`."""

    listen: ListenOrNot = "127.0.0.1:29332"
    """Host and port where it is answered, to anybody who asks: keep it on this machine. Empty: nowhere."""


class LogSettings(Part):
    """The log: events, never words of people, never tokens."""

    format: Literal["plain", "json"] = "plain"
    """For people or for machines."""
    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is logged."""


class Settings(BaseSettings):
    """The whole configuration. Built from a file and the environment by `load`, and by nothing else."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    homeserver: HomeserverSettings
    """The homeserver beside which the service runs."""
    service: ServiceSettings = ServiceSettings()
    """The service itself."""
    registration: Path = Path("registration.yaml")
    """The registration file, which holds the tokens that both sides know each other by."""
    ledger: Path = Path("crewhall.db")
    """The database: what was decided, and what waits. Made when it is missing; back it up."""
    charters: Path = Path("charters")
    """A folder of charters (`*.yaml`) that `!found` can use, beside those that ship."""
    limits: LimitSettings = LimitSettings()
    """How much, how old, how often."""
    keep: KeepSettings = KeepSettings()
    """How long what is over is kept. Consents and decisions stay as long as they bind."""
    bridges: BridgeSettings = BridgeSettings()
    """What bridges may do beyond this machine."""
    watch: WatchSettings = WatchSettings()
    """What can be watched: `/live`, `/ready` and `/metrics`."""
    log: LogSettings = LogSettings()
    """The log: events, never words of people, never tokens."""

    @property
    def keeper(self) -> str:
        """The keeper's full user id."""
        return f"@{self.service.keeper}:{self.homeserver.name}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the library's frame
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is given and nothing else: the environment is read once, by `load`."""
        return (init_settings,)


def load(path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of a file with the environment above it (this process's own, if None is given).

    The file may be missing if the environment sets all that is needed. Raises `Faults`, all at once, or
    `Misconfigured` if the file cannot be read.
    """
    above = told_by(Settings, os.environ if environ is None else environ)
    return _understood(_paper(path, above), above, path.resolve().parent)


def understand(text: str, path: Path) -> Settings:
    """Return the settings that a text would be at this path, whatever the environment. Raises `Faults`."""
    return _understood(read_paper(text, str(path)), Told({}, {}), path.resolve().parent)


def _understood(paper: Paper, above: Told, folder: Path) -> Settings:
    told: dict[str, object] = {}
    faults = [*above.faults, *paper.faults]
    if not paper.broken:
        told = _over(paper.value if isinstance(paper.value, dict) else {}, above.value)
        if not isinstance(paper.value, dict):
            faults.append(paper.fault((), "This file holds no `key: value` lines."))
    for key in told.keys() - Settings.model_fields.keys():
        del told[key]
        faults.append(paper.fault((key,), unknown(key, Settings.model_fields)))
    try:
        settings = Settings.model_validate(told)
    except Invalid as error:
        if not paper.broken:
            faults += (_fault(paper, above, one, said) for one, said in amiss(error, Settings))
    else:
        if not faults:
            return _from(folder, settings)
    raise Faults(faults)


def _paper(path: Path, above: Told) -> Paper:
    try:
        with path.open("rb") as file:
            return read_paper(file.read(MOST_BYTES + 1), str(path))
    except FileNotFoundError:
        if "homeserver" in above.value:
            return Paper(str(path), {})
        told = f"There is no configuration at {path}: `crewhall generate` writes one."
        raise Missing(told) from None
    except OSError as error:
        raise unread(path, error) from error


def _over(below: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    """Return the one mapping with the other put over it, part by part."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        if isinstance(value, Mapping) and isinstance(under, Mapping):
            merged[key] = _over(under, value)
        else:
            merged[key] = value
    return merged


def _fault(paper: Paper, above: Told, path: tuple[str | int, ...], said: str) -> Fault:
    """Return a fault where the value came from: the file, or an environment variable."""
    variable = above.source(path)
    return Fault(variable, 0, 0, spelled(path), said) if variable else paper.fault(path, said)


def _from(folder: Path, settings: Settings) -> Settings:
    named = {name: getattr(settings, name) for name in ("registration", "ledger", "charters")}
    return settings.model_copy(update={name: folder / path.expanduser() for name, path in named.items()})
