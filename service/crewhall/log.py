"""The log: events with values, for people or as JSON. Words of people and tokens never get into it."""

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from crewhall.settings import LogSettings

_SECRET = re.compile(r"(?i)(bearer\s+|access_token=|[ah]s_token[\"'=:\s]+)[^\s\"'&]+")
_HIDDEN = frozenset(
    {"token", "as_token", "hs_token", "password", "authorization", "body", "content", "secret"}
)


def redacted(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Hide values that may hold a token or somebody's words."""
    for key, value in event.items():
        if key in _HIDDEN:
            event[key] = "[hidden]"
        elif isinstance(value, str):
            event[key] = _SECRET.sub(r"\1[hidden]", value)
    return event


def configure(settings: LogSettings) -> None:
    """Set up the log of this process, to standard error; the standard library's goes the same way."""
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info if settings.form == "json" else _quiet,
        redacted,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if settings.form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def _quiet(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    return event
