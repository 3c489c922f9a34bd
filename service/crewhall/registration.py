"""The registration: how homeserver and service know each other. Least namespaces, ready for MAS.

Matrix specification v1.19, application service API, "Registration"; MSC4190 (no password logins).
"""

import os
import re
import secrets
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from crewhall.charter.paper import read_paper
from crewhall.errors import Misconfigured
from crewhall.ground.ids import ALIAS_PREFIX
from crewhall.settings import Settings

_BYTES = 32


class Registration(BaseModel):
    """What the service needs of its own registration; other keys are the homeserver's."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    as_token: SecretStr = Field(min_length=8)
    hs_token: SecretStr = Field(min_length=8)
    sender_localpart: str
    url: str | None


def draft(settings: Settings) -> dict[str, Any]:
    """Return a new registration, with tokens of its own, as the homeserver reads it."""
    server = re.escape(settings.homeserver.name)
    keeper = re.escape(settings.service.keeper)
    return {
        "id": settings.service.id,
        "url": settings.service.address,
        "as_token": secrets.token_urlsafe(_BYTES),
        "hs_token": secrets.token_urlsafe(_BYTES),
        "sender_localpart": settings.service.sender,
        "rate_limited": False,
        "receive_ephemeral": True,
        "io.element.msc4190": True,
        "namespaces": {
            "users": [{"exclusive": True, "regex": f"@{keeper}:{server}$"}],
            "aliases": [{"exclusive": True, "regex": f"#{re.escape(ALIAS_PREFIX)}.*:{server}$"}],
            "rooms": [],
        },
    }


def write(path: Path, registration: dict[str, Any]) -> None:
    """Write a registration that only its owner can read. Raises `Misconfigured` if something is there."""
    text = yaml.safe_dump(registration, sort_keys=False)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Misconfigured(
            f"{path} exists, and its tokens may be in use: it is not overwritten. Remove it to make new ones."
        ) from None
    except OSError as error:
        raise Misconfigured(f"{path} cannot be written: {error.strerror}.") from error
    with os.fdopen(handle, "w") as file:
        file.write(text)


def read(path: Path) -> Registration:
    """Return the registration of a file. Raises `Misconfigured`."""
    try:
        paper = read_paper(path.read_bytes(), str(path))
    except FileNotFoundError:
        raise Misconfigured(f"There is no registration at {path}; `crewhall generate` writes one.") from None
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}.") from error
    try:
        return Registration.model_validate(paper.value)
    except ValidationError as error:
        wrong = ", ".join(sorted({str(one["loc"][0]) for one in error.errors()}))
        raise Misconfigured(f"{path} is no registration of ours: {wrong} is missing or wrong.") from error
