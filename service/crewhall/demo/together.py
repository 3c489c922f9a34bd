"""Several people act at once: all of them succeed, or the first trouble ends the others."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import TypeVar

T = TypeVar("T")


async def together(acts: Iterable[Coroutine[object, object, T]], most: int = 100) -> list[T]:
    """Return what the acts return, in order, at most so many at a time; raise the first trouble bare."""
    gate = asyncio.Semaphore(most)

    async def one(act: Coroutine[object, object, T]) -> T:
        async with gate:
            return await act

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(act)) for act in acts]
    except ExceptionGroup as troubles:
        raise troubles.exceptions[0] from None
    return [task.result() for task in tasks]
