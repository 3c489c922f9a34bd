"""Every promise of a homeserver, kept by the fake in this process, the fake behind HTTP, and a real one."""

import pytest

from crewhall.testing.contracts import HOMESERVER_PROMISES, Check, Stage

every_promise = pytest.mark.parametrize(
    "check", [check for _, check in HOMESERVER_PROMISES], ids=[name for name, _ in HOMESERVER_PROMISES]
)


@every_promise
async def test_the_fake_keeps(check: Check, in_process: Stage) -> None:
    await check(in_process)


@every_promise
async def test_our_client_before_the_fake_keeps(check: Check, on_the_wire: Stage) -> None:
    await check(on_the_wire)


@pytest.mark.homeserver
@every_promise
async def test_our_client_before_synapse_keeps(check: Check, on_synapse: Stage) -> None:
    await check(on_synapse)
