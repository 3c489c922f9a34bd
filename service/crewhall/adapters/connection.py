"""The service's one connection to its homeserver, and what is asked on behalf of the whole service.

Endpoints: Matrix specification v1.19, client-server API, and application service API, "Server admin style
permissions" (registration) and "Pinging".
"""

import random
from datetime import timedelta
from typing import Final, Self

from crewhall.adapters.answers import number_in, text_in, texts_in
from crewhall.adapters.calling import Call, Caller, OnCall, Patience
from crewhall.adapters.client import Client
from crewhall.errors import Taken, TokenRefused, Trouble, TryLater
from crewhall.ground.ids import UserId, local
from crewhall.ports import Clock

_VERSIONS = Call("GET", "/versions")
_RETRYING: Final = ("AlreadyCalled", "AlreadyCancelled")
"""What Synapse names if its own retry is under way at this moment."""
_PINGS: Final = 3
_PAUSE: Final = timedelta(seconds=1)


class Connection:
    """One session with a homeserver under one token: the application service's, or a person's own.

    address       base of the client API, such as ``http://127.0.0.1:8008``
    token         bearer token
    chance        where the jitter of pauses comes from
    connections   how many requests may be under way at once
    on_call       told of each request

    An async context manager. Raises `Misconfigured` if the address is none.
    """

    def __init__(
        self,
        address: str,
        token: str,
        *,
        clock: Clock,
        chance: random.Random,
        patience: Patience | None = None,
        connections: int = 32,
        on_call: OnCall | None = None,
    ) -> None:
        self._clock = clock
        self._caller = Caller(
            address,
            token,
            clock=clock,
            chance=chance,
            patience=patience or Patience(),
            connections=connections,
            on_call=on_call,
        )

    async def __aenter__(self) -> Self:
        await self._caller.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._caller.close()

    def as_user(self, user: UserId, device: str = "") -> Client:
        """Return a client that speaks as one of the service's users, by a device if one is named."""
        return Client(self._caller, user, (("user_id", user),), device)

    def as_bearer(self, me: UserId) -> Client:
        """Return a client that speaks as whose token it is; `me` is who that is."""
        return Client(self._caller, me, ())

    async def whoami(self, *, tries: int | None = None) -> UserId:
        """Return whose token it is; for an application service, the registration's sender."""
        call = Call("GET", "/v3/account/whoami")
        return UserId(text_in(await self._caller.ask(call, tries=tries), "user_id"))

    async def versions(self) -> tuple[str, ...]:
        """Return the versions of the specification that the homeserver admits to (it may know more)."""
        return texts_in(await self._caller.ask(_VERSIONS), "versions")

    async def reachable(self) -> bool:
        """Return whether a homeserver answers now; asks once."""
        try:
            texts_in(await self._caller.ask(_VERSIONS, tries=1), "versions")
        except TokenRefused:
            return True  # Synapse asks even here whose token it is
        except Trouble:
            return False
        return True

    async def ping(self, appservice: str, txn: str) -> float:
        """Have the homeserver call us back; return how many milliseconds it took. Wakes a waiting queue.

        Raises `TryLater`, after a single try, if the homeserver does not get through to us: its text tells
        the code, such as ``M_CONNECTION_FAILED``; `Denied` if the id or the token is another service's.
        One that falls into the homeserver's own retry fails without having called (Synapse 1.163,
        `appservice/scheduler.py`): that says nothing about the way to us, so it is asked again.
        """
        path, parts = "/v1/appservice/{id}/ping", {"id": appservice}
        call = Call("POST", path, parts, body={"transaction_id": txn}, far=True)
        for _ in range(_PINGS - 1):
            try:
                return number_in(await self._caller.ask(call), "duration_ms")
            except TryLater as later:
                if not any(word in str(later) for word in _RETRYING):
                    raise
                await self._clock.sleep(_PAUSE)
        return number_in(await self._caller.ask(call), "duration_ms")

    async def ensure_user(self, user: UserId) -> None:
        """Register one of our users, unless that was done before."""
        body = {"type": "m.login.application_service", "username": local(user), "inhibit_login": True}
        try:
            await self._caller.ask(Call("POST", "/v3/register", body=body))
        except Taken as no:
            if no.code != "M_USER_IN_USE":
                raise
