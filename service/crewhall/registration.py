"""The registration: how homeserver and service know each other. Least namespaces, ready for MAS.

Matrix specification v1.19, application service API, "Registration"; MSC4190 (devices without passwords).
"""

import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from crewhall.adapters.whole_files import write_new
from crewhall.charter.amiss import amiss
from crewhall.charter.faults import Fault, Faults
from crewhall.charter.paper import MOST_BYTES, read_paper
from crewhall.errors import InTheWay, Missing, unread
from crewhall.ground.ids import ALIAS_PREFIX
from crewhall.settings import Settings

_BYTES = 32
_SHORTEST = 16
_PLACEHOLDER = re.compile(r"(?i)change[-_ ]?me|placeholder|\A<|\Agenerate|your[-_ ]?token|\A(.)\1*\Z")
_QUOTED = re.compile(r"'[^']{12,}'")
"""What a fault quotes of the file: a token may have slipped to another line."""

Fresh = Callable[[int], str]
"""Where tokens come from: text that nobody can guess, from so many random bytes."""


class Namespace(BaseModel):
    """Names that belong to the service, as a regular expression."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    exclusive: bool
    regex: str


class Namespaces(BaseModel):
    """The three kinds of names."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    users: tuple[Namespace, ...] = ()
    aliases: tuple[Namespace, ...] = ()
    rooms: tuple[Namespace, ...] = ()


class Registration(BaseModel):
    """A registration. Keys that a homeserver has beyond these are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    id: str = Field(min_length=1)
    url: str | None
    as_token: SecretStr
    hs_token: SecretStr
    sender_localpart: str = Field(min_length=1)
    rate_limited: bool = False
    receive_ephemeral: bool = True
    msc4190: bool = Field(default=True, alias="io.element.msc4190")
    namespaces: Namespaces


def draft(settings: Settings, fresh: Fresh = secrets.token_urlsafe) -> Registration:
    """Return a new registration: of the keeper and of the rooms' addresses, and of no other name."""
    own = settings.service
    server = re.escape(settings.homeserver.name)
    return Registration(
        id=own.id,
        url=own.address,
        as_token=own.as_token or SecretStr(fresh(_BYTES)),
        hs_token=own.hs_token or SecretStr(fresh(_BYTES)),
        sender_localpart=own.sender,
        namespaces=Namespaces(
            users=(Namespace(exclusive=True, regex=f"@{re.escape(own.keeper)}:{server}$"),),
            aliases=(Namespace(exclusive=True, regex=f"#{re.escape(ALIAS_PREFIX)}.*:{server}$"),),
        ),
    )


def written(registration: Registration) -> str:
    """Return the YAML that a homeserver reads, tokens included."""
    told: dict[str, Any] = registration.model_dump(mode="json", by_alias=True)
    told |= {name: getattr(registration, name).get_secret_value() for name in ("as_token", "hs_token")}
    return yaml.safe_dump(told, sort_keys=False, allow_unicode=True)


def write(path: Path, registration: Registration) -> None:
    """Write a registration that only its owner can read. Raises `Misconfigured` if something is there."""
    if path.exists():
        raise kept(path)
    write_new(path, written(registration).encode())


def kept(path: Path) -> InTheWay:
    """Return what is said instead of overwriting a registration."""
    told = f"{path} exists, and its tokens may be in use: it is not overwritten. Remove it to make new ones."
    return InTheWay(told)


def read(path: Path) -> Registration:
    """Return the registration of a file. Raises `Misconfigured`; its faults never show a token."""
    try:
        with path.open("rb") as file:
            paper = read_paper(file.read(MOST_BYTES + 1), str(path))
    except FileNotFoundError:
        raise Missing(f"There is no registration at {path}: `crewhall generate` writes one.") from None
    except OSError as error:
        raise unread(path, error) from error
    try:
        registration = Registration.model_validate(paper.mapping())
    except ValidationError as error:
        wrong = amiss(error, Registration)
        raise Faults(paper.fault(path, _QUOTED.sub("[hidden]", said)) for path, said in wrong) from None
    if told := tuple(_unfit(registration)):
        raise Faults(paper.fault((key,), said) for key, said in told)
    return registration


def of(settings: Settings) -> Registration:
    """Return the registration that the settings name, or the one that follows from tokens in them.

    Raises `Misconfigured` also if file and settings do not belong together.
    """
    if settings.service.as_token is not None:
        registration = draft(settings)
        if told := tuple(_unfit(registration)):
            raise Faults(Fault(f"service.{key}", 0, 0, key, said) for key, said in told)
        return registration
    registration = read(settings.registration)
    if contradictions := tuple(differences(registration, settings)):
        raise Faults(Fault(str(settings.registration), 0, 0, "", said) for said in contradictions)
    return registration


def differences(registration: Registration, settings: Settings) -> Iterator[str]:
    """Return in sentences where a registration and the settings contradict each other."""
    own, server = settings.service, settings.homeserver.name
    pairs = (
        ("id", registration.id, "service.id", own.id),
        ("sender_localpart", registration.sender_localpart, "service.sender", own.sender),
        ("url", (registration.url or "nothing").rstrip("/"), "service.address", own.address),
    )
    for key, theirs, setting, ours in pairs:
        if theirs != ours:
            told = f"`{key}` is {theirs} here, and {setting} is {ours}"
            yield f"{told}: make them the same and restart the homeserver."
    if not _covered(registration.namespaces.users, settings.keeper):
        yield f"No namespace of users holds {settings.keeper}: generate a new registration."
    alias = f"#{ALIAS_PREFIX}x:{server}"
    if not _covered(registration.namespaces.aliases, alias):
        yield f"No namespace of aliases holds names such as {alias}: generate a new registration."


def _covered(namespaces: tuple[Namespace, ...], name: str) -> bool:
    return any(_matches(namespace.regex, name) for namespace in namespaces)


def _matches(regex: str, name: str) -> bool:
    try:
        return re.match(regex, name) is not None
    except re.error:
        return False


def _unfit(registration: Registration) -> Iterator[tuple[Literal["as_token", "hs_token"], str]]:
    """Return key and sentence of each token that protects nothing."""
    tokens = {key: getattr(registration, key).get_secret_value() for key in ("as_token", "hs_token")}
    for key in ("as_token", "hs_token"):
        if _PLACEHOLDER.search(tokens[key]):
            yield key, f"`{key}` is a placeholder: let `crewhall generate` make a registration."
        elif len(tokens[key]) < _SHORTEST:
            yield key, f"`{key}` is too easy to guess: it needs {_SHORTEST} random characters or more."
        elif not tokens[key].isascii() or any(c.isspace() for c in tokens[key]):
            yield key, f"`{key}` holds characters that no token has: use letters, digits, - and _."
    if tokens["as_token"] == tokens["hs_token"]:
        yield "hs_token", "`hs_token` is the same as `as_token`: each side needs its own."
