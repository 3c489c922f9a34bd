"""Reads what a homeserver answered: which trouble an error is, how long to wait, what a body holds.

Error codes and their statuses: Matrix specification v1.19, client-server API, "Standard error response";
waiting: the same, "Rate limiting", and RFC 9110, "Retry-After".
"""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from crewhall.errors import Beyond, Denied, NotThere, Taken, TokenRefused, Trouble, TryLater

UNKNOWN = "M_UNKNOWN"
"""The code of an error that does not tell one."""
LIMITED = "M_LIMIT_EXCEEDED"
MOST_WHY = 300
MOST_WAIT = timedelta(days=1)

_REFUSALS: Mapping[str, type[Denied]] = {
    "M_UNKNOWN_TOKEN": TokenRefused,
    "M_MISSING_TOKEN": TokenRefused,
    "M_NOT_FOUND": NotThere,
    "M_ROOM_IN_USE": Taken,
    "M_USER_IN_USE": Taken,
    # Sent with 404, but it is the endpoint that is not there, not what was named.
    "M_UNRECOGNIZED": Denied,
}
_REFUSED_BY_STATUS: Mapping[int, type[Denied]] = {
    HTTPStatus.NOT_FOUND: NotThere,
    # Synapse's answer if an alias was taken between its own look and its own write.
    HTTPStatus.CONFLICT: Taken,
}
_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
_BEYOND = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT})


def trouble(what: str, status: int, body: object, after: timedelta | None, *, far: bool) -> Trouble:
    """Return what an unsuccessful answer means.

    what    names the call in the sentence
    body    the answer's JSON, None if it was none (a proxy's page, nothing at all)
    after   how long we were asked to wait
    far     whether the homeserver needed others for this call
    """
    told = body if isinstance(body, Mapping) else {}
    code = told.get("errcode")
    known = isinstance(code, str) and bool(code)
    code = code if isinstance(code, str) and known else UNKNOWN
    why = f"{what} answered {status}: {brief(told.get('error'))}"
    if far and known and status in _BEYOND:
        return Beyond(f"{code}: {why}", after)
    if code == LIMITED or status in _LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TryLater(f"{code}: {why}", after)
    return (_REFUSALS.get(code) or _REFUSED_BY_STATUS.get(status, Denied))(code, why)


def brief(told: object) -> str:
    """Return what the other side said as one short line that can be logged."""
    text = told if isinstance(told, str) and told else "(nothing told)"
    return "".join(c if c.isprintable() else " " for c in text[:MOST_WHY])


def asked_wait(body: object, header: str | None, now: datetime) -> timedelta | None:
    """Return how long the other side asked us to wait, the longer of body and header; None if it did not."""
    waits = []
    if isinstance(body, Mapping):
        after = body.get("retry_after_ms")
        if isinstance(after, int | float) and not isinstance(after, bool):
            waits.append(_span(max(min(after, 1e15), 0) / 1000))
    if header:
        waits.append(_header(header.strip(), now))
    return max((wait for wait in waits if wait is not None), default=None)


def parsed(body: bytes) -> object:
    """Return a body's JSON, None if it is none (``null`` is never an answer)."""
    try:
        answer: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer


def text_in(answer: object, field: str) -> str:
    """Return a field that must be a text and not empty; raise `TryLater` if it is not there."""
    value = answer.get(field) if isinstance(answer, Mapping) else None
    if not isinstance(value, str) or not value:
        raise TryLater(f"The homeserver answered without {field}.")
    return value


def number_in(answer: object, field: str) -> float:
    """Return a field that must be a number; raise `TryLater` if it is not there."""
    value = answer.get(field) if isinstance(answer, Mapping) else None
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TryLater(f"The homeserver answered without {field}.")
    return value


def texts_in(answer: object, field: str) -> tuple[str, ...]:
    """Return a field that must be a list, with the texts in it; raise `TryLater` if it is not there."""
    value = answer.get(field) if isinstance(answer, Mapping) else None
    if not isinstance(value, list):
        raise TryLater(f"The homeserver answered without {field}.")
    return tuple(entry for entry in value if isinstance(entry, str))


def _header(told: str, now: datetime) -> timedelta | None:
    if told.isascii() and told.isdigit():
        return _span(float(told))
    try:
        until = parsedate_to_datetime(told)
        return _span(((until if until.tzinfo else until.replace(tzinfo=UTC)) - now).total_seconds())
    except (ValueError, OverflowError):
        return None


def _span(seconds: float) -> timedelta | None:
    if math.isnan(seconds):
        return None
    return timedelta(seconds=min(max(seconds, 0.0), MOST_WAIT.total_seconds()))
