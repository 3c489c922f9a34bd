"""What a story is made of: scenes, each a promise that must come true in time."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from crewhall.demo.stage import Stage
from crewhall.errors import Trouble, TryLater

Act = Callable[[Stage], Coroutine[object, object, str]]
"""Does and sees something; returns one sentence on what came of it, "" for none."""

PATIENCE = 90.0


class NotKept(Trouble):
    """A promise of the story did not come true; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A named promise and how it is lived. `patience` is its limit in seconds."""

    promise: str
    act: Act
    patience: float = PATIENCE


async def live(scene: Scene, stage: Stage) -> str:
    """Live a scene; raise `NotKept` if it fails or takes too long."""
    try:
        async with asyncio.timeout(scene.patience):
            return await stage.while_all_lives(scene.act(stage))
    except TimeoutError:
        raise NotKept(f"“{scene.promise}” did not happen within {scene.patience:.0f} seconds.") from None
    except (Trouble, AssertionError) as trouble:
        if isinstance(trouble, TryLater) and not stage.synapse.running:
            raise
        raise NotKept(f"“{scene.promise}” did not happen: {trouble}") from trouble


def insist(truth: object, otherwise: str) -> None:
    """Raise `NotKept` with the sentence unless `truth` holds."""
    if not truth:
        raise NotKept(otherwise)
