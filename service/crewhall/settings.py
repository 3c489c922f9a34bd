"""Everything an operator can set: one YAML file, environment variables above it, secrets from files.

``CREWHALL_HOMESERVER__ADDRESS`` sets ``homeserver.address``, and so on. Paths in the file are relative to it.
"""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, cast
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from crewhall.charter.amiss import amiss, unknown
from crewhall.charter.faults import Faults
from crewhall.charter.paper import read_paper
from crewhall.errors import Misconfigured

PREFIX = "CREWHALL_"
_DEEPER = "__"


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("write an address such as http://127.0.0.1:8008")
    return text.rstrip("/")


def _listen(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:  # noqa: PLR2004 - the highest port
        raise ValueError("write host and port, such as 127.0.0.1:29331")
    return text


def _server(text: str) -> str:
    if not text or "/" in text or "@" in text or any(c.isspace() for c in text):
        raise ValueError("write the homeserver's own name: what follows the colon in @you:example.org")
    return text


def _name(text: str) -> str:
    if not text or not all(c.isdigit() or "a" <= c <= "z" or c in "._=-/+" for c in text):
        raise ValueError("write the local part of a user id: lower-case letters, digits and ._=-/+")
    return text


def _person(text: str) -> str:
    if not text.startswith("@") or ":" not in text or any(c.isspace() for c in text):
        raise ValueError("write a full Matrix id, such as @you:example.org")
    return text


Address = Annotated[str, AfterValidator(_address)]
Listen = Annotated[str, AfterValidator(_listen)]
Server = Annotated[str, AfterValidator(_server)]
LocalPart = Annotated[str, AfterValidator(_name)]
PersonId = Annotated[str, AfterValidator(_person)]
Span = Annotated[timedelta, Field(gt=timedelta())]


class Part(BaseModel):
    """Parent of every part of the settings: frozen, nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class HomeserverSettings(Part):
    """The homeserver beside which the service runs."""

    address: Address
    """Base of its client API as the service reaches it, such as `http://127.0.0.1:8008`."""
    name: Server
    """Its own name: what follows the colon in its users' ids."""


class ServiceSettings(Part):
    """The service itself."""

    listen: Listen = "127.0.0.1:29331"
    """Host and port where it waits for the homeserver; never reachable from outside."""
    address: Address = "http://127.0.0.1:29331"
    """The same place as the homeserver reaches it; goes into the registration."""
    keeper: LocalPart = "keeper"
    """Local part of the user whom people talk to."""
    display: str = "Keeper"
    """The keeper's display name, set once if it has none."""
    operators: tuple[PersonId, ...] = ()
    """Who may found communities in chat."""
    id: LocalPart = "crewhall"
    """The registration's id; never changes."""
    sender: LocalPart = "_crewhall"
    """The registration's own user, whom nobody sees."""


class LimitSettings(Part):
    """How much, how old, how often. Spans are ISO 8601 (`P1D`, `PT1H`) or seconds."""

    command_age: Span = timedelta(days=1)
    """A command older than this when it arrives is not carried out; its sender is told so."""
    commands_per_minute: Annotated[int, Field(ge=1, le=1000)] = 20
    """Commands of one person that are answered in a minute."""
    look_every: Span = timedelta(hours=1)
    """How often all rooms are looked at, whatever was heard."""
    concurrency: Annotated[int, Field(ge=1, le=64)] = 8
    """Calls to the homeserver that are under way at once."""


class LogSettings(Part):
    """The log: events, never words of people, never tokens."""

    form: Literal["plain", "json"] = "plain"
    """For people or for machines."""
    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is logged."""


class Settings(Part):
    """The whole configuration."""

    homeserver: HomeserverSettings
    """The homeserver."""
    service: ServiceSettings = ServiceSettings()
    """The service."""
    registration: Path = Path("registration.yaml")
    """The registration file, which holds the tokens that both sides know each other by."""
    ledger: Path = Path("crewhall.db")
    """The database."""
    charters: Path = Path("charters")
    """A folder of charters that `!found` can use, besides those that ship."""
    limits: LimitSettings = LimitSettings()
    """Limits."""
    log: LogSettings = LogSettings()
    """The log."""

    @property
    def keeper(self) -> str:
        """The keeper's full user id."""
        return f"@{self.service.keeper}:{self.homeserver.name}"


def load(path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of a file, with the environment above it. Raises `Misconfigured`."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise Misconfigured(f"There is no configuration at {path}; `crewhall generate` writes one.") from None
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}.") from error
    paper = read_paper(raw, str(path))
    if paper.faults:
        raise Faults(paper.faults)
    told = _above(dict(cast("Mapping[str, Any]", paper.value)), os.environ if environ is None else environ)
    try:
        settings = Settings.model_validate(told)
    except ValidationError as error:
        raise Faults(paper.fault(path, why) for path, why in amiss(error, Settings)) from error
    base = path.resolve().parent
    return settings.model_copy(
        update={name: base / getattr(settings, name) for name in ("registration", "ledger", "charters")}
    )


def _above(told: dict[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the file's value with what the environment sets put over it."""
    for variable in sorted(environ):
        if not variable.startswith(PREFIX):
            continue
        path = variable.removeprefix(PREFIX).lower().split(_DEEPER)
        if path[0] not in Settings.model_fields:
            known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
            raise Misconfigured(f"{variable} sets nothing; {unknown(variable, known)}")
        at = told
        for part in path[:-1]:
            inner = at.get(part)
            at[part] = dict(inner) if isinstance(inner, dict) else {}
            at = at[part]
        value = environ[variable]
        at[path[-1]] = [one.strip() for one in value.split(",")] if path[-1] == "operators" else value
    return told
