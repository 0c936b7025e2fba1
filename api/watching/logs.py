"""Logs: a line of JSON each, to standard error, of what happened and never of whom it was about.

Our own records hold ids, route templates and counts. Of the records of libraries only the first line is
told, and that before anything was filled into it; of an exception its kinds and places (`watching.faults`).
"""

import logging
import sys
import threading
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any, Final, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

from api.watching.faults import told

LEVELS: Final[Mapping[str, int]] = {"uvicorn.access": logging.CRITICAL, "uvicorn.error": logging.INFO}
"""From which level a library is heard; others from WARNING. Uvicorn's access log has paths and addresses."""

_STAMP: Final = structlog.processors.TimeStamper(fmt="iso", utc=True, key="at")


def logger(name: str) -> Any:  # noqa: ANN401  a logger of structlog's, with a method a level
    """A logger of our own; where nobody has asked for logs, what it says below WARNING is not told."""
    return structlog.wrap_logger(
        logging.getLogger(name),
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def log_as_json(stream: TextIO | None = None, *, level: int = logging.INFO) -> logging.Handler:
    """Have everything that is logged in this process told as JSON, and return what tells it."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_of_a_library],
            processors=[
                _without_text,
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                _STAMP,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=True),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("gateway").setLevel(level)
    for name, from_level in LEVELS.items():
        library = logging.getLogger(name)
        library.handlers, library.propagate = [], True
        library.setLevel(from_level)
    sys.excepthook, threading.excepthook = _ended, _thread_ended
    return handler


def _of_a_library(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    event["event"] = str(record.msg).partition("\n")[0][:200]
    event.pop("positional_args", None)
    return event


def _without_text(_: WrappedLogger, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    given = event.pop("exc_info", None)
    event.pop("stack_info", None)
    record: logging.LogRecord | None = event.get("_record")
    given = given or (record.exc_info if record is not None else None)
    error = given[1] if isinstance(given, tuple) else given
    error = sys.exc_info()[1] if error is True else error
    if isinstance(error, BaseException):
        event.update(told(error))
    if record is not None:
        record.exc_info = record.exc_text = record.stack_info = None
    return event


def _ended(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
    logger("gateway.process").critical("the process ended by a fault", **told(error))


def _thread_ended(given: threading.ExceptHookArgs) -> None:
    if given.exc_value is not None:
        logger("gateway.process").error("a thread ended by a fault", **told(given.exc_value))
