"""What every `crewhall.ports.Homeserver` promises, as checks that any test can run.

::

    @pytest.mark.parametrize(("name", "check"), HOMESERVER_PROMISES)
    async def test_promise(name, check, stage):
        await check(stage)

Our fake, the client over HTTP, and the client over a real Synapse pass the same list; where the fake and
Synapse differ, the fake is wrong. A check raises `BrokenPromise`; each makes its own rooms and people, so
that all can run on one homeserver, in any order.
"""

from crewhall.testing.contracts import doors, making, moving, powers, saying, seeing
from crewhall.testing.contracts.stage import BrokenPromise, Check, Somebody, Stage

GROUPS = {
    "making": making,
    "doors": doors,
    "powers": powers,
    "saying": saying,
    "seeing": seeing,
    "moving": moving,
}

HOMESERVER_PROMISES: list[tuple[str, Check]] = [
    (f"{group}: {check.__name__.replace('_', ' ')}", check)
    for group, module in GROUPS.items()
    for check in module.PROMISES
]
"""Sentences and what checks them."""

__all__ = ["HOMESERVER_PROMISES", "BrokenPromise", "Check", "Somebody", "Stage"]
