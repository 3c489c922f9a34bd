"""The files that a Synapse of the lab starts from: its ports and secrets, kept, and its configuration.

Sources: the configuration manual of Synapse; JSON is valid YAML.
"""

import base64
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from crewhall.errors import Misconfigured
from crewhall.lab.ports import LOOPBACK, free_port, wanted

KEPT = "lab.json"
CONFIG = "homeserver.yaml"
LOG_CONFIG = "log.yaml"


@dataclass(frozen=True, slots=True)
class Tls:
    """What a Synapse needs to federate over TLS: files in PEM form, the certificate for ``localhost``."""

    certificate: Path
    key: Path
    authority: Path


@dataclass(frozen=True, slots=True)
class Kept:
    """What a second start must find again. `federation` is 0 for a homeserver that stands alone."""

    client: int
    federation: int
    name: str
    shared_secret: str
    macaroon_secret: str
    form_secret: str
    signing_key: str


def keep(directory: Path, *, port: int | None, federation: bool) -> Kept:
    """Return what the directory keeps, made at the first call; raise `Misconfigured` if a port is in use."""
    paper = directory / KEPT
    if paper.exists():
        kept = Kept(**json.loads(paper.read_text()))
        if port is not None and port != kept.client:
            raise Misconfigured(
                f"The homeserver in {directory} was made for port {kept.client}; "
                "start it with that port or none."
            )
        for number in filter(None, (kept.client, kept.federation)):
            wanted(number, f"the homeserver in {directory}")
        return kept
    client = wanted(port, "the homeserver") if port is not None else free_port()
    outside = free_port() if federation else 0
    seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    kept = Kept(
        client=client,
        federation=outside,
        name=f"localhost:{outside or client}",
        shared_secret=secrets.token_urlsafe(32),
        macaroon_secret=secrets.token_urlsafe(32),
        form_secret=secrets.token_urlsafe(32),
        signing_key=f"ed25519 a_lab {seed}",
    )
    write_secret(paper, json.dumps(asdict(kept)))
    return kept


def write(directory: Path, kept: Kept, appservices: Sequence[Path], tls: Tls | None, *, limits: bool) -> Path:
    """Write the configuration files; return the main one. `limits`: keep Synapse's own rate limits."""
    write_secret(directory / "signing.key", kept.signing_key + "\n")
    (directory / LOG_CONFIG).write_text(json.dumps(_log_config()))
    config = _config(directory, kept, appservices)
    if tls is not None:
        config |= _federation(config["listeners"], kept.federation, tls)
    if not limits:
        config |= _no_limits()
    paper = directory / CONFIG
    write_secret(paper, json.dumps(config, indent=1))
    return paper


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    path.touch(mode=0o600)
    path.write_text(text)


def _config(directory: Path, kept: Kept, appservices: Sequence[Path]) -> dict[str, object]:
    return {
        "server_name": kept.name,
        "public_baseurl": f"http://{LOOPBACK}:{kept.client}/",
        "report_stats": False,
        "signing_key_path": str(directory / "signing.key"),
        "trusted_key_servers": [],
        "suppress_key_server_warning": True,
        "listeners": [_listener(kept.client, ["client", "health"])],
        "ip_range_blacklist": [],
        "database": {"name": "sqlite3", "args": {"database": str(directory / "homeserver.db")}},
        "media_store_path": str(directory / "media"),
        "registration_shared_secret": kept.shared_secret,
        "macaroon_secret_key": kept.macaroon_secret,
        "form_secret": kept.form_secret,
        "enable_registration": False,
        "bcrypt_rounds": 4,
        "presence": {"enabled": False},
        "user_directory": {"enabled": True, "search_all_users": True},
        "app_service_config_files": [str(path) for path in appservices],
        "log_config": str(directory / LOG_CONFIG),
    }


def _listener(port: int, names: list[str]) -> dict[str, object]:
    return {"port": port, "type": "http", "bind_addresses": [LOOPBACK], "resources": [{"names": names}]}


def _federation(listeners: object, port: int, tls: Tls) -> dict[str, object]:
    ours = listeners if isinstance(listeners, list) else []
    return {
        "listeners": [*ours, _listener(port, ["federation"]) | {"tls": True}],
        "tls_certificate_path": str(tls.certificate),
        "tls_private_key_path": str(tls.key),
        "federation_custom_ca_list": [str(tls.authority)],
        # Away for a moment must not mean away for ten minutes.
        "federation": {"destination_min_retry_interval": "1s", "destination_max_retry_interval": "2s"},
    }


def _log_config() -> dict[str, object]:
    return {
        "version": 1,
        "disable_existing_loggers": False,  # or the tracebacks of failed requests vanish
        "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "root": {"level": "WARNING", "handlers": ["out"]},
    }


def _no_limits() -> dict[str, object]:
    free = {"per_second": 100_000, "burst_count": 100_000}
    return {
        "rc_message": free,
        "rc_registration": free,
        "rc_room_creation": free,
        "rc_joins_per_room": free,
        "rc_key_requests": free,
        "rc_admin_redaction": free,
        "rc_profile": free,
        "rc_user_directory": free,
        "rc_login": {"address": free, "account": free, "failed_attempts": free},
        "rc_joins": {"local": free, "remote": free},
        "rc_invites": {"per_room": free, "per_user": free, "per_issuer": free},
    }
