"""The log: events with values, for people or as JSON. Words of people and tokens never get into it."""

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from crewhall.errors import Trouble
from crewhall.settings import LogSettings

HIDDEN = "[hidden]"

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_SECRET = re.compile(r"(?i)(bearer\s+|(?:access_|as_|hs_)?token[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,}]+")
_UNSAID = re.compile(
    r"(?i)token|password|secret|authorization|\A(?:formatted_)?body\Z|\Acontent\Z|\Atext\Z|\Areason\Z"
)
_RAISED = re.compile(r"(?s)(\bexception=\w+\().*")
"""What asyncio says of a task that ended by an exception."""
_CHATTY = ("aiohttp.access", "asyncio")


def redacted(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Hide what may be a token or somebody's words: by the value's name, and wherever a token shows."""
    return {key: HIDDEN if _UNSAID.search(key) else _hidden(value) for key, value in event.items()}


def traced(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Tell where an exception came from. What a bug says of itself may quote people, and is left out."""
    told = event.pop("exc_info", None)
    error = told[1] if isinstance(told, tuple) else told if isinstance(told, BaseException) else None
    if error is None and told:
        error = sys.exception()
    return {**event, "exception": told_of(error)} if error is not None else event


def told_of(error: BaseException) -> str:
    """Return where an exception came from, line by line, without what a bug says of itself."""
    return "".join(_trace(error, set()))


def configure(settings: LogSettings, out: TextIO | None = None) -> None:
    """Set up the log of this process; what libraries log goes the same way. It goes to standard error."""
    stream = out or sys.stderr
    level = _LEVELS[settings.level]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        traced,
        redacted,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _renderer(settings, coloured=stream.isatty()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def _renderer(settings: LogSettings, *, coloured: bool) -> Processor:
    if settings.format == "json":
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=coloured)


def _trace(error: BaseException, before: set[int]) -> Iterator[str]:
    """Yield the lines of an exception and of those behind it, each once."""
    before.add(id(error))
    behind = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for one in (behind, *inner):
        if one is not None and id(one) not in before:
            yield from _trace(one, before)
            yield "which led to:\n"
    yield from traceback.format_tb(error.__traceback__)
    foreseen = isinstance(error, Trouble | OSError)
    yield f"{type(error).__qualname__}{f': {error}' if foreseen else ''}\n"


def _hidden(value: object) -> object:
    """Return a value without the tokens in it; other objects are logged as the text they are."""
    match value:
        case str():
            return _RAISED.sub(rf"\1{HIDDEN}", _SECRET.sub(rf"\1{HIDDEN}", value))
        case dict():
            return {k: HIDDEN if _UNSAID.search(str(k)) else _hidden(v) for k, v in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_hidden(one) for one in value]
        case BaseException():
            return _hidden(str(value))
        case _:
            return value
