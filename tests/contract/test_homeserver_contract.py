"""Every promise of a homeserver, kept by the fake in this process, the fake behind HTTP, and a real one."""

import itertools

import pytest

from crewhall.testing import FakeHomeserver, Person, World
from crewhall.testing.contracts import HOMESERVER_PROMISES, Check, Stage


class InProcess:
    """The fake, called directly."""

    def __init__(self) -> None:
        self.world = World()
        self.keeper = FakeHomeserver(self.world)
        self.server_name = self.world.server
        self._words = itertools.count(1)

    async def person(self, name: str) -> Person:
        return Person(self.world, f"{name}{next(self._words)}")

    def word(self) -> str:
        return f"w{next(self._words)}"


@pytest.fixture
def in_process() -> Stage:
    return InProcess()


every_promise = pytest.mark.parametrize(
    "check", [check for _, check in HOMESERVER_PROMISES], ids=[name for name, _ in HOMESERVER_PROMISES]
)


@every_promise
async def test_the_fake_keeps(check: Check, in_process: Stage) -> None:
    await check(in_process)
