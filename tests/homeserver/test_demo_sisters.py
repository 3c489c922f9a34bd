"""The story of sisters, lived whole: they link, visit, share a crew, lose a server, and part again."""

import asyncio
import re
import sys

import pytest

from crewhall.testing import long

pytestmark = pytest.mark.homeserver

LONG = pytest.mark.skipif(not long.LONG, reason="LONG_TESTS=1 runs it")
LONGEST = 80
"""Characters of a line in a terminal."""
PROMISES = (
    "Pip of Shire is introduced to Dale, and reads first what is stated",
    "Pip visits Dale: one invitation, and its rooms open",
    "Dale dies, and nobody waits for it",
    "Dale comes back and learns what it missed",
    "Dale closes a flow, alone and at once",
    "Pip's visit ends with thanks",
    "Shire ends the link with Dale, and nobody loses a seat",
    "Dale is away once more: without any treaty, the crew goes on",
)


async def demo(*arguments: str) -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "crewhall", "demo", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await process.communicate()
    except BaseException:
        process.kill()
        await process.wait()
        raise
    return process.returncode, out.decode(), err.decode()


@pytest.mark.timeout(900)
async def test_three_communities_visit_and_share_a_crew_while_one_server_dies() -> None:
    status, told, trouble = await demo("--sisters", "3", "--once")
    assert (status, trouble) == (0, "")
    kept = re.findall(r"^✓ (.+)$", told, re.MULTILINE)
    assert kept == [
        "3 homeservers stand, each with a community of its own",
        "Shire links with Dale and Bree: each decides by its own rule",
        *PROMISES[:2],
        "A crew of Shire offers seats to Dale and Bree",
        "The crew meets across 3 servers",
        *PROMISES[2:],
        "The link with Bree goes on",
    ]
    assert max(map(len, told.splitlines())) <= LONGEST
    assert "Shire knows them since" in told
    assert "4 people read each other" in told


@LONG
@pytest.mark.timeout(900)
async def test_two_communities_live_the_same_story() -> None:
    status, told, trouble = await demo("--sisters", "2", "--once")
    assert (status, trouble) == (0, "")
    kept = re.findall(r"^✓ (.+)$", told, re.MULTILINE)
    assert kept[:2] == [
        "2 homeservers stand, each with a community of its own",
        "Shire links with Dale: each decides by its own rule",
    ]
    assert set(PROMISES) < set(kept)


async def test_what_is_not_kept_is_said_before_anything_starts() -> None:
    status, told, trouble = await demo("--sisters", "2", "--data", "kept")
    assert (status, told) == (78, "")
    assert trouble == "crewhall: The story of sisters is not kept: leave --data out.\n"
