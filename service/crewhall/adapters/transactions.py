"""The door that the homeserver knocks on: the application-service API, answered with JSON only.

Matrix specification v1.19, application-service API. A transaction is answered once its events are
stored, so the homeserver may forget it; until then it is told 500 and sends it again. Where one before it
is missing (`numbering`) it is stored and refused with 409, and both come.
"""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from crewhall.errors import Trouble

Accept = Callable[[Sequence[object]], Awaitable[None]]
"""Stores the events of a transaction durably, or raises."""
Knows = Callable[[str], bool]
"""Whether a full user id or alias is one of ours and exists."""
Behind = Callable[[str], bool]
"""Told the id of each transaction that was stored: whether another before it is to be asked for."""

MOST_BYTES = 64 * 1024 * 1024
"""Size of the largest body taken: 100 events of 64 KiB, some fields of each up to three times, and room."""
PATIENCE = 20.0
"""Seconds to wait for the next piece of a body; Synapse gives the whole up after 60."""

_PREFIX = "/_matrix/app/v1"
_log = structlog.stdlib.get_logger(__name__)


class _Refused(Exception):
    """Answer this instead."""

    def __init__(self, status: int, code: str, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.code = code


def build(
    accept: Accept,
    knows_user: Knows,
    knows_alias: Knows,
    hs_token: str,
    *,
    behind: Behind = lambda _: False,
    patience: float = PATIENCE,
) -> web.Application:
    """Return the application. It reads one transaction at a time, which bounds what it holds in memory.

    `patience` is how many seconds the next piece of a body may take.
    """
    door = _Door(accept, knows_user, knows_alias, behind, patience)
    app = web.Application(middlewares=[_in_json, _only_with(hs_token)], client_max_size=MOST_BYTES)
    router = app.router
    router.add_put(f"{_PREFIX}/transactions/{{txn:[^/]+}}", door.transaction)
    router.add_post(f"{_PREFIX}/ping", door.ping)
    router.add_get(f"{_PREFIX}/users/{{user:[^/]+}}", door.user, allow_head=False)
    router.add_get(f"{_PREFIX}/rooms/{{alias:[^/]+}}", door.alias, allow_head=False)
    for path in ("protocol/{p:[^/]+}", "user", "user/{p:[^/]+}", "location", "location/{p:[^/]+}"):
        router.add_get(f"{_PREFIX}/thirdparty/{path}", door.third_party, allow_head=False)
    return app


class _Door:
    def __init__(
        self, accept: Accept, knows_user: Knows, knows_alias: Knows, behind: Behind, patience: float
    ) -> None:
        self._accept = accept
        self._knows_user = knows_user
        self._knows_alias = knows_alias
        self._behind = behind
        self._patience = patience
        self._turn = asyncio.Lock()

    async def transaction(self, request: web.Request) -> web.Response:
        """Store the events of a transaction, whatever its id: a homeserver may use one twice."""
        async with self._turn:
            events = (await _body(request, self._patience)).get("events")
            if not isinstance(events, list):
                raise _Refused(400, "M_BAD_JSON", "The body has no list of events.")
            await self._accept(events)
            if self._behind(request.match_info["txn"]):
                _log.info("door.one_before_is_missing")
                raise _Refused(409, "M_UNKNOWN", "One before this has not come. Send both.")
        return web.json_response({})

    async def ping(self, request: web.Request) -> web.Response:
        """Answer that we are here."""
        body = await _body(request, self._patience) if request.can_read_body else {}
        named = body.get("transaction_id", "")
        if not isinstance(named, str):
            raise _Refused(400, "M_BAD_JSON", "The transaction_id is no text.")
        return web.json_response({})

    async def user(self, request: web.Request) -> web.Response:
        """Tell whether a user of ours exists."""
        return _found(known=self._knows_user(request.match_info["user"]))

    async def alias(self, request: web.Request) -> web.Response:
        """Tell whether a room of ours exists."""
        return _found(known=self._knows_alias(request.match_info["alias"]))

    async def third_party(self, _request: web.Request) -> web.Response:
        """We lead to no other network."""
        return _found(known=False)


def _found(*, known: bool) -> web.Response:
    if not known:
        raise _Refused(404, "M_NOT_FOUND", "There is nothing of ours by this name.")
    return web.json_response({})


@web.middleware
async def _in_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every failure with a Matrix error."""
    headers: dict[str, str] = {}
    try:
        return await handler(request)
    except _Refused as refused:
        status, code, why = refused.status, refused.code, str(refused)
        if status == web.HTTPUnauthorized.status_code:
            headers["WWW-Authenticate"] = "Bearer"
    except web.HTTPMethodNotAllowed as error:
        status, code, why = error.status, "M_UNRECOGNIZED", "This cannot be done here."
        headers["Allow"] = error.headers["Allow"]
    except web.HTTPException as error:
        status, code, why = error.status, "M_UNRECOGNIZED", "There is nothing here."
    except (Trouble, OSError) as error:
        _log.warning("door.not_stored", why=str(error))
        status, code, why = 500, "M_UNKNOWN", "This could not be stored. Send it again."
    except Exception:  # noqa: BLE001 - a bug of ours; the homeserver is answered all the same
        _log.exception("door.failed")
        status, code, why = 500, "M_UNKNOWN", "Something went wrong here. Send it again."
    return web.json_response({"errcode": code, "error": why}, status=status, headers=headers)


def _only_with(hs_token: str) -> Middleware:
    """Let nobody in but the homeserver, before anything of the body is read."""
    lock = _Lock(hs_token)

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.match_info.http_exception is None:
            lock.check(request.headers.get("Authorization", ""))
        return await handler(request)

    return check


class _Lock:
    """Holds the token where no traceback shows it."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    def check(self, header: str) -> None:
        """Raise unless the header holds the token."""
        kind, _, token = header.partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            raise _Refused(401, "M_MISSING_TOKEN", "The homeserver's token is missing.")
        if not hmac.compare_digest(token.strip().encode(errors="surrogateescape"), self._token):
            raise _Refused(403, "M_FORBIDDEN", "This is not the homeserver's token.")


async def _body(request: web.Request, patience: float) -> Mapping[str, object]:
    """Read a JSON object of bounded size, whose sender may not fall asleep over it."""
    if (request.content_length or 0) > MOST_BYTES:
        raise _Refused(413, "M_TOO_LARGE", "The body is larger than 64 MiB.")
    body = bytearray()
    try:
        while True:
            async with asyncio.timeout(patience):
                piece = await request.content.readany()
            if not piece:
                break
            body += piece
            if len(body) > MOST_BYTES:
                raise _Refused(413, "M_TOO_LARGE", "The body is larger than 64 MiB.")
    except TimeoutError:
        raise _Refused(408, "M_UNKNOWN", "The body did not come to an end.") from None
    except (web.RequestPayloadError, ConnectionError):
        raise _Refused(400, "M_NOT_JSON", "The body broke off.") from None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise _Refused(400, "M_NOT_JSON", "The body is not JSON.") from None
    if not isinstance(value, dict):
        raise _Refused(400, "M_BAD_JSON", "The body is no JSON object.")
    return value
