"""The story of sisters: two communities on servers of their own link, narrow the link, and part again."""

import asyncio
import sys

import pytest

pytestmark = pytest.mark.homeserver


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
    return process.returncode, " ".join(out.decode().split()), err.decode()


@pytest.mark.timeout(240)
async def test_two_communities_link_and_part_while_one_server_dies() -> None:
    status, told, trouble = await demo("--sisters", "2", "--once")
    assert (status, trouble) == (0, "")
    for promise in (
        "✓ Shire and Dale each decide to link",
        "✓ Shire closes a flow alone, and Dale sees it",
        "✓ Dale dies, and Shire does not wait for it",
        "✓ Dale comes back and learns what it missed",
        "✓ Shire ends the link with Dale, at once",
    ):
        assert promise in told


async def test_what_is_not_kept_is_said_before_anything_starts() -> None:
    status, told, trouble = await demo("--sisters", "2", "--data", "kept")
    assert (status, told) == (1, "")
    assert trouble == "crewhall: The story of sisters is not kept: leave --data out.\n"
