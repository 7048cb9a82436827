"""How a log line looks: JSON, one line each, for the web process, the worker and gunicorn itself.

Errors keep their stack (file, line, function) and lose their words: a database or a library quotes what it choked on.
"""

import logging
import logging.config
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import g, has_request_context

Line = MutableMapping[str, Any]


def _stack(_logger: Any, _method: str, line: Line) -> Line:
    """An exception as its chain of classes and the places it went through."""
    found = line.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        chain = []
        seen: BaseException | None = error
        while seen is not None and len(chain) < 5:
            chain.append(type(seen).__name__)
            seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
        line["error"] = " < ".join(chain)
        frames = traceback.extract_tb(error.__traceback__)[-15:]
        line["stack"] = [f"{'/'.join(f.filename.split('/')[-3:])}:{f.lineno} {f.name}" for f in frames]
    return line


def _request(_logger: Any, _method: str, line: Line) -> Line:
    """Every line written while a request is answered bears its number."""
    if has_request_context() and g.get("request_id"):
        line.setdefault("request_id", g.request_id)
    return line


class _NoQuery(logging.Filter):
    """gunicorn quotes addresses and headers of requests it cannot read; what follows a ? or a colon is not ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(a.split("?")[0] if isinstance(a, str) else a for a in record.args)
        if isinstance(record.msg, str) and record.msg.startswith("Invalid request"):
            record.msg, record.args = "request refused: it cannot be read", None
        return True


def config(level: str = "INFO") -> dict[str, Any]:
    """For `logging.config.dictConfig`: every line of the process to standard output as JSON."""
    shared = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _request,
        _stack,
    ]
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            # ASCII only: no line break of any alphabet can end a line early
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
    }
    plain = {"level": level, "handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"no_query": {"()": _NoQuery}},
        "formatters": {"json": formatter},
        "handlers": {
            "out": {
                "class": "logging.StreamHandler",
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
