"""The log: events with values, for people or as JSON. Words of people and tokens never get into it."""

import logging
import re
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from crewhall.settings import LogSettings

HIDDEN = "[hidden]"

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_SECRET = re.compile(r"(?i)(bearer\s+|(?:access_|as_|hs_)?token[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,}]+")
_UNSAID = re.compile(
    r"(?i)token|password|secret|authorization|\A(?:formatted_)?body\Z|\Acontent\Z|\Atext\Z|\Areason\Z"
)
_CHATTY = ("aiohttp.access", "asyncio")


def redacted(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Hide what may be a token or somebody's words: by the value's name, and wherever a token shows."""
    return {key: HIDDEN if _UNSAID.search(key) else _hidden(value) for key, value in event.items()}


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
        structlog.processors.format_exc_info,
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


def _hidden(value: object) -> object:
    """Return a value without the tokens in it; other objects are logged as the text they are."""
    match value:
        case str():
            return _SECRET.sub(rf"\1{HIDDEN}", value)
        case dict():
            return {k: HIDDEN if _UNSAID.search(str(k)) else _hidden(v) for k, v in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_hidden(one) for one in value]
        case BaseException():
            return _hidden(str(value))
        case _:
            return value
