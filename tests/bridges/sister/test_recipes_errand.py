"""Promises that recipes and notes pass through real letterboxes, read by the errand."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

Opens = Callable[..., AbstractAsyncContextManager[Any]]


async def test_a_recipe_is_copied_and_a_note_comes_back(pairs: Opens, tools: Any) -> None:
    async with pairs(flows=["recipes", "diary"]) as pair:
        await pair.link()
        await pair.heal()
        dale, ours = pair.dale, pair.ours
        await dale.tell(dale.ann, "!share practice Walks: Two by two, for an hour.")
        await dale.tell(dale.ann, "!diary We walked a lot this month.")
        await pair.settle()
        await ours.tell(ours.ann, "!recipes dale walks")
        await ours.tell(ours.ann, "!diary dale")
        await pair.settle()
        assert tools.told(ours, "Two by two, for an hour.") == 1
        assert tools.told(ours, "We walked a lot this month.") == 1
        await ours.tell(ours.ann, "!note walks to dale: It rained.")
        await pair.settle()
        assert tools.told(dale, "It rained.") == 1
        await dale.tell(dale.ann, "!unshare walks")
        await pair.settle()
        await ours.tell(ours.ann, "!recipes dale")
        await pair.settle()
        assert tools.told(ours, "shares no recipes yet") == 1
        await pair.wait(timedelta(hours=3))
        assert tools.told(dale, "It rained.") == 1
