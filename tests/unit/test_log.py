"""The log tells what happened, and neither what people said nor what opens doors."""

import io
import json
import logging
from typing import Literal

import pytest
import structlog

from crewhall.errors import TryLater
from crewhall.log import HIDDEN, configure
from crewhall.settings import LogSettings

pytestmark = pytest.mark.usefixtures("log_as_before")

SECRET = "syt_do_not_tell"


def lines(form: Literal["plain", "json"], level: Literal["debug", "info", "error"] = "info") -> io.StringIO:
    out = io.StringIO()
    configure(LogSettings(format=form, level=level), out)
    return out


def test_an_event_is_a_name_with_values() -> None:
    out = lines("json")
    structlog.stdlib.get_logger("crewhall.voice").info("crew.room.created", room="!x", crew="lantern")
    told = json.loads(out.getvalue())
    assert told.pop("timestamp").endswith("Z")
    expected = {"event": "crew.room.created", "room": "!x", "crew": "lantern", "level": "info"}
    assert told == expected | {"logger": "crewhall.voice"}


def test_people_get_a_line_without_colours_where_nobody_looks() -> None:
    out = lines("plain")
    structlog.stdlib.get_logger("x").info("service.listening", port=29331)
    assert "service.listening" in out.getvalue()
    assert "port=29331" in out.getvalue()
    assert "\x1b" not in out.getvalue()


@pytest.mark.parametrize("form", ["plain", "json"])
@pytest.mark.parametrize(
    "values",
    [
        {"token": SECRET},
        {"as_token": SECRET},
        {"password": SECRET},
        {"body": SECRET},
        {"content": {"body": SECRET}},
        {"event_seen": {"type": "m.room.message", "content": SECRET}},
        {"why": f"Authorization: Bearer {SECRET}"},
        {"url": f"http://x/?access_token={SECRET}&y=1"},
        {"why": f'{{"hs_token": "{SECRET}"}}'},
        {"whole": [f"as_token: {SECRET}"]},
        {"error": ValueError(f"Bearer {SECRET}")},
    ],
)
def test_tokens_and_words_are_hidden(form: Literal["plain", "json"], values: dict[str, object]) -> None:
    out = lines(form)
    structlog.stdlib.get_logger("x").warning("something", **values)
    assert SECRET not in out.getvalue()
    assert HIDDEN in out.getvalue()


@pytest.mark.parametrize("form", ["plain", "json"])
def test_tracebacks_are_told_without_tokens(form: Literal["plain", "json"]) -> None:
    out = lines(form)
    trouble = ValueError(f"Bearer {SECRET}")
    structlog.stdlib.get_logger("x").error("bug", exc_info=trouble)
    logging.getLogger("aiohttp.server").error("Error handling %s", "request", exc_info=trouble)
    assert out.getvalue().count("ValueError") >= 2
    assert SECRET not in out.getvalue()


def bug() -> Exception:
    """Return what a bug raises over somebody's words, with another one behind it."""
    try:
        try:
            return ValueError(int(f"I feel {SECRET}"))
        except ValueError as first:
            raise ExceptionGroup(SECRET, [KeyError(SECRET)]) from first
    except ExceptionGroup as error:
        return error


@pytest.mark.parametrize("form", ["plain", "json"])
def test_of_a_bug_it_is_told_where_it_was_and_not_what_it_says(form: Literal["plain", "json"]) -> None:
    out = lines(form)
    structlog.stdlib.get_logger("x").error("event.trouble", exc_info=bug())
    logging.getLogger("asyncio").error("future: <Task finished exception=ValueError('I feel %s')>", SECRET)
    try:
        {}[SECRET].count(SECRET)
    except KeyError:
        structlog.stdlib.get_logger("x").exception("door.failed")
    told = out.getvalue()
    assert SECRET not in told
    for known in ("ValueError", "ExceptionGroup", "KeyError", "in bug", "test_log.py"):
        assert known in told


def test_what_was_foreseen_says_what_it_is() -> None:
    out = lines("json")
    structlog.stdlib.get_logger("x").error("trouble", exc_info=TryLater("the disk is full"))
    structlog.stdlib.get_logger("x").error("nothing raised", exc_info=True)
    first, second = map(json.loads, out.getvalue().splitlines())
    assert first["exception"] == "TryLater: the disk is full\n"
    assert "exception" not in second


def test_libraries_log_the_same_way() -> None:
    out = lines("json")
    logging.getLogger("asyncpg").warning("slow by %s with access_token=%s", 3, SECRET)
    told = json.loads(out.getvalue())
    assert (told["logger"], told["level"]) == ("asyncpg", "warning")
    assert told["event"] == f"slow by 3 with access_token={HIDDEN}"


def test_what_is_below_the_level_is_not_told() -> None:
    out = lines("json", "error")
    structlog.stdlib.get_logger("x").info("quiet")
    logging.getLogger("y").warning("quiet")
    assert out.getvalue() == ""


def test_a_log_can_be_set_up_anew() -> None:
    first, second = lines("json"), lines("plain")
    structlog.stdlib.get_logger("x").info("once")
    assert (first.getvalue(), second.getvalue().count("once")) == ("", 1)
