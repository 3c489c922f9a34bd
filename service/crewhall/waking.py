"""How the service makes itself known: our user is there, the homeserver reaches us, our heart beats."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar

import structlog

from crewhall.errors import Denied, NotOurs, TokenRefused, Trouble, TryLater
from crewhall.flows.reconcile import Reconciler
from crewhall.ground import ids
from crewhall.ground.rooms import HEARTBEAT
from crewhall.works import Works, recognise

T = TypeVar("T")
_log = structlog.stdlib.get_logger(__name__)

PATIENCE: Final = timedelta(seconds=2)
"""How long to wait before a homeserver that does not answer is tried again."""
SOON: Final = PATIENCE / 2
"""How long until a homeserver that is there, and did not reach us, is asked again for the first time."""
CAUGHT_UP: Final = timedelta(seconds=3)
"""How long a homeserver that reaches us again is given to send what has waited."""
LONG: Final = 15 * PATIENCE
"""How long where somebody has to put something right first."""


async def awaken(works: Works, reconciler: Reconciler) -> bool:
    """Make the service known, as soon as there is a homeserver; return whether it reaches us.

    Each step is tried until it is done, and none again: where a homeserver turns down every third call,
    beginning anew each time would never come to an end. Raises `NotOurs`.
    """
    await _until_done(works, lambda: look_whose_it_is(works))
    await _until_done(works, lambda: introduce(works))
    await _until_done(works, lambda: take_name(works))
    reached = await ping(works)
    await _until_done(works, lambda: reconciler.attend(ids.CONTROL))
    await _until_done(works, lambda: beat(works))
    return reached


async def _until_done(works: Works, step: Callable[[], Awaitable[object]]) -> None:
    while True:
        try:
            await step()
        except TryLater as later:
            _log.warning("homeserver.away", why=str(later))
            await works.clock.sleep(max(PATIENCE, later.after or PATIENCE))
        except TokenRefused as refused:
            _log.error("homeserver.token_refused", why=str(refused), remedy="restart the homeserver")
            await works.clock.sleep(LONG)
        else:
            return


async def look_whose_it_is(works: Works) -> None:
    """Look whose homeserver this is. Raises `NotOurs` if it is another one, or does not know us."""
    who = await _as_ours(works, works.connection.whoami())
    recognise(works.settings, works.registration, who)


async def introduce(works: Works) -> None:
    """Have our user. Raises `NotOurs` if the homeserver will not have it."""
    await _as_ours(works, works.connection.ensure_user(works.keeper.me))


async def _as_ours(works: Works, asking: Awaitable[T]) -> T:
    try:
        return await asking
    except TokenRefused:
        raise
    except Denied as no:
        raise NotOurs(
            f"The homeserver does not let the service have {works.keeper.me} ({no}): its registration "
            "must name it. Run `crewhall check`, put the registration right, and restart the homeserver."
        ) from no


async def take_name(works: Works) -> None:
    """Have our user go by its name, if the homeserver lets it."""
    try:
        await works.keeper.ensure_profile(works.settings.service.display)
    except TokenRefused:
        raise
    except Denied as no:
        _log.warning("keeper.unnamed", why=str(no), remedy="let users of the service set their names")


async def ping(works: Works) -> bool:
    """Return whether the homeserver reaches us; asking also ends its back-off."""
    now = works.clock.now()
    try:
        took = await works.connection.ping(works.registration.id, f"start-{now.timestamp()}")
    except Trouble as trouble:
        _log.warning("homeserver.no_way_back", why=str(trouble), remedy="see `crewhall check`")
        return False
    _log.info("homeserver.pinged", milliseconds=took)
    return True


async def insist(works: Works, reached: Callable[[], bool]) -> None:
    """Ping until the homeserver reaches us, or has meanwhile; at first often, then after long waits.

    A ping that meets the homeserver's own retry is refused and hurries nothing (Synapse 1.163,
    `appservice/scheduler.py`: the timer it would cancel has run out): the next one does.
    """
    wait = SOON
    while True:
        await works.clock.sleep(wait)
        if reached() or await ping(works):
            return
        wait = min(2 * wait, LONG)


async def beat(works: Works, **more: object) -> None:
    """Write one event: a homeserver that was restarted sends nothing before it sees something new."""
    opened = works.keeping.house.rooms.get(ids.CONTROL)
    if opened is not None:
        started = {"started": int(works.clock.now().timestamp() * 1000), **more}
        try:
            await works.keeper.put_state(opened.room, HEARTBEAT, "", started)
        except TokenRefused:
            raise
        except Denied as no:
            _log.warning("heart.refused", why=str(no), remedy=f"give {works.keeper.me} power there")


async def beat_again(works: Works) -> None:
    """Beat once more, when what has waited was sent: if something was left behind, a number is missing now.

    Otherwise nobody would see it before the next event. See `adapters.numbering`.
    """
    await works.clock.sleep(CAUGHT_UP)
    await _until_done(works, lambda: beat(works, again=True))
