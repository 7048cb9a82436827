"""How a log line looks: JSON, one line each, for the web process, the worker and gunicorn itself.

Errors keep their stack (file, line, function) and lose their words: a database or a library quotes what it choked on.
"""

import json
import logging
import logging.config
import os
import traceback
from datetime import UTC, datetime
from typing import Any

from flask import g, has_request_context

# What every record has; whatever else hangs on one was said by whoever wrote the line.
OF_ALL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
DEEPEST, FRAMES = 5, 15


class Line(logging.Formatter):
    """A record as one JSON object. By hand, since every request waits for one: structlog took twice the time for it."""

    def format(self, record: logging.LogRecord) -> str:
        line = {"event": record.getMessage()}
        line |= {name: value for name, value in vars(record).items() if name not in OF_ALL}
        line |= {"level": record.levelname.lower(), "logger": record.name}
        line["timestamp"] = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        if "request_id" not in line and has_request_context() and g.get("request_id"):
            line["request_id"] = g.request_id  # every line written while a request is answered bears its number
        if record.exc_info and record.exc_info[1] is not None:
            line |= _what_broke(record.exc_info[1])
        # ASCII only: no line break of any alphabet can end a line early
        return json.dumps(line, default=repr)


def _what_broke(error: BaseException) -> dict[str, Any]:
    """An exception as its chain of classes and the places it went through."""
    chain = []
    seen: BaseException | None = error
    while seen is not None and len(chain) < DEEPEST:
        chain.append(type(seen).__name__)
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    places = [f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": " < ".join(chain), "stack": places}


class _NoQuery(logging.Filter):
    """gunicorn quotes addresses and headers of requests it cannot read; what follows a ? or a colon is not ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(a.split("?")[0] if isinstance(a, str) else a for a in record.args)
        if isinstance(record.msg, str) and record.msg.startswith("Invalid request"):
            record.msg, record.args = "request refused: it cannot be read", None
        return True


class Whole(logging.StreamHandler):  # type: ignore[type-arg]
    """A line leaves by one write of its own: no thread waits for another's, and none is left behind in a buffer."""

    def handle(self, record: logging.LogRecord) -> bool:
        wanted = bool(self.filter(record))
        if wanted:
            self.emit(record)
        return wanted

    def emit(self, record: logging.LogRecord) -> None:
        try:
            os.write(self.stream.fileno(), f"{self.format(record)}{self.terminator}".encode())
        except Exception:  # as every handler of the library: a line that cannot be written stops nobody's work
            self.handleError(record)


def config(level: str = "INFO") -> dict[str, Any]:
    """For `logging.config.dictConfig`: every line of the process to standard output as JSON."""
    plain = {"level": level, "handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"no_query": {"()": _NoQuery}},
        "formatters": {"json": {"()": Line}},
        "handlers": {
            "out": {
                "class": f"{__name__}.{Whole.__name__}",
                "formatter": "json",
                "filters": ["no_query"],
                "stream": "ext://sys.stdout",
            }
        },
        "root": {"level": level, "handlers": ["out"]},
        "loggers": {
            "gunicorn.error": plain,
            "gunicorn.access": {**plain, "level": "CRITICAL"},
            # twilio logs the request body, which holds phone numbers and texts
            "twilio": {"level": "WARNING"},
            "alembic": {"level": "WARNING"},
        },
    }


def configure(level: str = "INFO") -> None:
    """Use it in this process."""
    logging.config.dictConfig(config(level))
