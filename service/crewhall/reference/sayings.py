"""The page of what people can say to the keeper: every command, by the topics of ``!help``."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from crewhall.house.counsel import VERBS


def sayings() -> Iterator[str]:
    """Yield the lines of the page."""
    by_topic = attrgetter("topic")
    order = list(dict.fromkeys(map(by_topic, VERBS)))
    for topic, verbs in groupby(sorted(VERBS, key=lambda verb: order.index(verb.topic)), by_topic):
        yield f"## {topic.capitalize()}"
        yield ""
        yield f"`!help {topic}`"
        yield ""
        yield "| say | what it does |"
        yield "| --- | --- |"
        told = {verb.usage: verb.about for verb in verbs}
        yield from (f"| `{_cell(usage)}` | {_cell(about)} |" for usage, about in told.items())
        yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
