"""Serves the calendars of gatherings, each at an address that cannot be guessed; nothing else is there.

HTTP: RFC 9110, sections 8.8 (validators), 9.3.2 (HEAD) and 13 (conditional requests).
"""

import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, timedelta
from typing import Final

from aiohttp import web

from crewhall.door import CommunityKey, Decision, Doors, Hall, House, RoomId, Writing
from crewhall_bridges.calendar.facts import CalendarOpened, own
from crewhall_bridges.calendar.fold import OWN
from crewhall_bridges.calendar.published import changed, published

ROUND: Final = timedelta(minutes=1)
"""How often it is seen whether a community needs an address."""
_SECOND: Final = timedelta(seconds=1)
_HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "private, max-age=300",
    "Referrer-Policy": "no-referrer",
    "Server": "",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class Serving:
    """The errand of the community's own calendar; it ends at once where the operator has set no place."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        listen, address = doors.served.listen, doors.served.address
        self._address = (address or f"http://{listen}") if listen else ""

    async def run(self) -> None:
        """Listen, and see to addresses, until cancelled."""
        if not self._doors.served.listen:
            await self.addresses()  # nobody is told of a place that is no more
            return
        async with self.listening():
            while True:
                await self.addresses()
                await self._doors.clock.sleep(ROUND)

    def hint(self, room: RoomId) -> None:
        """Have no business with rooms."""

    async def addresses(self) -> None:
        """Give an address to each community that publishes and has none, or another one than is served."""
        for key, hall in self._doors.house().halls.items():
            token = OWN.of(hall).token or secrets.token_urlsafe(24)
            cause = f"calendar:opened:{key}:{self._doors.house().versions.get(own(key), 0)}"
            await self._doors.record(cause, lambda house: self._opened(house, key, token))  # noqa: B023 - awaited

    def _opened(self, house: House, key: CommunityKey, token: str) -> Decision | None:
        hall = house.halls.get(key)
        if hall is None or not hall.charter.gatherings.publish or OWN.of(hall).address == self._address:
            return None
        line = own(key)
        fact = CalendarOpened(token, self._address)
        return Decision(facts=(Writing(line, fact, house.versions.get(line, 0)),))

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Answer meanwhile."""
        host, _, port = self._doors.served.listen.rpartition(":")
        runner = web.ServerRunner(web.Server(self._answer), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, host.strip("[]"), int(port)).start()
            yield
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        hall = self._meant(request.path)
        if hall is None or request.method not in {"GET", "HEAD"}:
            return web.Response(status=404, headers=_HEADERS)
        body, modified = published(hall, self._doors.clock.now()), changed(hall).astimezone(UTC)
        etag = hashlib.sha256(body).hexdigest()[:32]
        fresh = web.Response(status=304, headers=_HEADERS)
        if not _is_known(request, etag, modified.replace(microsecond=0)):
            fresh = web.Response(body=body, content_type="text/calendar", charset="utf-8", headers=_HEADERS)
        fresh.etag = etag
        fresh.last_modified = modified
        return fresh

    def _meant(self, path: str) -> Hall | None:
        """Return the community whose calendar is at a path; all are compared, so that time tells nothing."""
        found: Hall | None = None
        for hall in self._doors.house().halls.values():
            token = OWN.of(hall).token
            same = hmac.compare_digest(f"/{token}.ics".encode(), path.encode("utf-8", "surrogatepass"))
            if same and token and hall.charter.gatherings.publish:
                found = hall
        return found


def _is_known(request: web.BaseRequest, etag: str, modified: object) -> bool:
    """Return whether who asks has this version; what they say of tags goes before what they say of dates."""
    if request.if_none_match is not None:
        return any(one.value in {etag, "*"} for one in request.if_none_match)
    return request.if_modified_since is not None and request.if_modified_since == modified
