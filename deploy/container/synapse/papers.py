"""Writes what Synapse starts from, once: configuration, signing key, secrets, the database's password.

What is there already stays as it is; only the registration is copied anew, so that both sides have the same.
It runs in Synapse's own image, with nothing but what is in it. Names come from the environment:
SERVER_NAME, MATRIX_HOST; and, for other places than those of the compose file, DATA, CREWHALL and DATABASE.
Source: the configuration manual of Synapse.
"""

# ruff: noqa: INP001 - a program of its own

import base64
import os
import secrets
from pathlib import Path

import yaml

SYNAPSE = 991
"""The number of Synapse's user in its image."""


def write(path: Path, text: str, *, mode: int = 0o400, owner: int = SYNAPSE) -> None:
    """Write a file whole or not at all, for its owner only."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    draft.chmod(mode)
    give(draft, owner)
    draft.rename(path)


def give(path: Path, owner: int) -> None:
    """Give a file to a user, where we may."""
    if os.geteuid() == 0:
        os.chown(path, owner, owner)


def homeserver(server: str, host: str, data: Path, password: str) -> dict[str, object]:
    """Return the configuration of a homeserver that nobody can register on by themselves."""
    return {
        "server_name": server,
        "public_baseurl": f"https://{host}/",
        "report_stats": False,
        "signing_key_path": str(data / "signing.key"),
        "trusted_key_servers": [{"server_name": "matrix.org"}],
        "suppress_key_server_warning": True,
        "listeners": [
            {
                "port": 8008,
                "type": "http",
                "bind_addresses": ["0.0.0.0"],  # noqa: S104 - inside its container
                "x_forwarded": True,
                "resources": [{"names": ["client", "federation"]}],
            }
        ],
        "database": {
            "name": "psycopg2",
            "args": {
                "host": "database",
                "dbname": "synapse",
                "user": "synapse",
                "password": password,
                "cp_min": 5,
                "cp_max": 10,
            },
        },
        "media_store_path": str(data / "media"),
        "log_config": str(data / "log.yaml"),
        "enable_registration": False,
        "registration_shared_secret": secrets.token_urlsafe(32),
        "macaroon_secret_key": secrets.token_urlsafe(32),
        "form_secret": secrets.token_urlsafe(32),
        "app_service_config_files": [str(data / "crewhall-registration.yaml")],
    }


LOG = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"level": "WARNING", "handlers": ["out"]},
}


def main() -> None:
    """Write what is missing."""
    data = Path(os.environ.get("DATA", "/data"))
    crewhall = Path(os.environ.get("CREWHALL", "/crewhall"))
    database = Path(os.environ.get("DATABASE", "/database"))
    give(data, SYNAPSE)
    password = database / "password"
    if not password.exists():
        # Its volume is seen by the database and by this step only.
        write(password, secrets.token_urlsafe(32), mode=0o444, owner=0)
    if not (data / "signing.key").exists():
        seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        write(data / "signing.key", f"ed25519 a_{secrets.token_hex(2)} {seed}\n")
    if not (data / "log.yaml").exists():
        write(data / "log.yaml", yaml.safe_dump(LOG, sort_keys=False))
    if not (data / "homeserver.yaml").exists():
        told = homeserver(os.environ["SERVER_NAME"], os.environ["MATRIX_HOST"], data, password.read_text())
        write(data / "homeserver.yaml", yaml.safe_dump(told, sort_keys=False), mode=0o600)
    write(data / "crewhall-registration.yaml", (crewhall / "registration.yaml").read_text())


if __name__ == "__main__":
    main()
