"""How the service makes itself known: our user is there, the homeserver reaches us, our heart beats."""

import structlog

from crewhall.errors import Denied, Misconfigured, TokenRefused, Trouble
from crewhall.flows.reconcile import Reconciler
from crewhall.ground import ids
from crewhall.ground.rooms import HEARTBEAT
from crewhall.works import Works

_log = structlog.stdlib.get_logger(__name__)


async def introduce(works: Works) -> None:
    """Have our user, by its name. Raises `Misconfigured` if the homeserver will not have it."""
    try:
        await works.connection.ensure_user(works.keeper.me)
    except TokenRefused:
        raise
    except Denied as no:
        raise Misconfigured(
            f"The homeserver does not let the service have {works.keeper.me} ({no}): its registration "
            "must name it. Run `crewhall check`, put the registration right, and restart the homeserver."
        ) from no
    try:
        await works.keeper.ensure_profile(works.settings.service.display)
    except TokenRefused:
        raise
    except Denied as no:
        _log.warning("keeper.unnamed", why=str(no), remedy="let users of the service set their names")


async def ping(works: Works) -> None:
    """Find out whether the homeserver reaches us, which also ends its back-off."""
    now = works.clock.now()
    try:
        took = await works.connection.ping(works.registration.id, f"start-{now.timestamp()}")
        _log.info("homeserver.pinged", milliseconds=took)
    except Trouble as trouble:
        _log.warning("homeserver.no_way_back", why=str(trouble), remedy="see `crewhall check`")


async def beat(works: Works, reconciler: Reconciler) -> None:
    """Write one event: a homeserver that was restarted sends nothing before it sees something new."""
    await reconciler.attend(ids.CONTROL)
    opened = works.keeping.house.rooms.get(ids.CONTROL)
    if opened is not None:
        started = {"started": int(works.clock.now().timestamp() * 1000)}
        try:
            await works.keeper.put_state(opened.room, HEARTBEAT, "", started)
        except TokenRefused:
            raise
        except Denied as no:
            _log.warning("heart.refused", why=str(no), remedy=f"give {works.keeper.me} power there")
