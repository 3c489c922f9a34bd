"""From an empty stage to a lived story, shown as it happens; then the doors stay open until Ctrl-C."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from tempfile import TemporaryDirectory

from crewhall.demo import coming_back, crowd, story
from crewhall.demo.directory import Home
from crewhall.demo.places import SPACE
from crewhall.demo.run import Options
from crewhall.demo.scene import Scene, insist
from crewhall.demo.scene import live as live_scene
from crewhall.demo.show import Show
from crewhall.demo.stage import Stage
from crewhall.demo.together import together

IN_STORY_CREWS = 2
PEOPLE, CREWS = "people of the crowd", "crews of the crowd"


async def live(options: Options) -> None:
    """Live the story, or the story of coming back; raise `Trouble` if any of it does not happen."""
    show = Show()
    with ExitStack() as stack:
        where = nullcontext(str(options.data)) if options.data else TemporaryDirectory(prefix="crewhall-")
        home = Home.at(stack.enter_context(where))
        more = crowd.crowd(max(0, options.people - len(story.CAST)), max(0, options.crews - IN_STORY_CREWS))
        home.take()
        stack.enter_context(_people_log(home))
        async with Stage(home, story.FOUNDER, options.charter, options.port) as stage:
            stage.passwords = home.passwords([*story.CAST, *more.people])
            await (_come_back if home.again else _begin)(stage, show)
            show.sights(stage)
            await _grow(stage, show, more)
            home.finish(stage.notes)
            if options.data is not None or not options.once:  # otherwise nothing is left to enter
                show.doors(stage, kept=options.data is not None)
            if not options.once:
                await _stay_open(stage, show)


async def _begin(stage: Stage, show: Show) -> None:
    with show.scene(f"A homeserver stands in {stage.home.homeserver}"):
        await stage.start_homeserver()
    with show.scene(f"The service listens and has founded {stage.charter.name}"):
        await stage.start_service()
        await stage.while_all_lives(stage.found())
    await _people_come(stage, show)
    await _tell(stage, show, story.story(stage))


async def _come_back(stage: Stage, show: Show) -> None:
    with show.scene(f"The homeserver in {stage.home.homeserver} stands again"):
        await stage.start_homeserver()
    await _people_come(stage, show)
    with show.scene("The service listens again"):
        await stage.start_service()
    await _tell(stage, show, coming_back.STORY)


async def _people_come(stage: Stage, show: Show) -> None:
    with show.scene(f"{', '.join(story.CAST.values())} log in, each with a client and a device of their own"):
        comings = (stage.welcome(name, shown) for name, shown in story.CAST.items())
        await stage.while_all_lives(together(comings))
        stage.people = {name: stage.people[name] for name in story.CAST}


async def _tell(stage: Stage, show: Show, scenes: tuple[Scene, ...]) -> None:
    for scene in scenes:
        with show.scene(scene.promise) as said:
            said.append(await live_scene(scene, stage))


async def _grow(stage: Stage, show: Show, more: crowd.Crowd) -> None:
    """Bring in the people and crews that earlier runs have not."""
    people = more.people[int(stage.notes.get(PEOPLE, "0")) :]
    crews = more.crews[int(stage.notes.get(CREWS, "0")) :]
    if people:
        with show.counting("People come in", len(people)) as count:
            await stage.while_all_lives(crowd.come_in(stage, people, count.step))
        stage.notes[PEOPLE] = str(len(more.people))
        space = (await stage.people[story.FOUNDER].inside(stage.notes[SPACE]))[0]
        here, least = space.get("num_joined_members"), len(story.CAST) + len(more.people)
        insist(isinstance(here, int) and here >= least, f"the space shows {here} members, not {least}")
    if crews:
        with show.counting("Crews are started", len(crews)) as count:
            await stage.while_all_lives(crowd.start_crews(stage, crews, count.step))
        stage.notes[CREWS] = str(len(more.crews))


async def _stay_open(stage: Stage, show: Show) -> None:
    """Wait for Ctrl-C; raise `TryLater` if homeserver or service die meanwhile."""
    show.say("All of this runs until Ctrl-C.")
    try:
        await stage.while_all_lives(asyncio.Event().wait())
    except asyncio.CancelledError:
        show.say("Closing.")


@contextmanager
def _people_log(home: Home) -> Iterator[None]:
    """Have what the people's clients log in a file of its own."""
    logger = logging.getLogger("nio")
    handler = logging.FileHandler(home.logs / "people.log")
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()
