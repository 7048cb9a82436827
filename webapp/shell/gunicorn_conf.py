"""gunicorn's settings; nginx or another buffering proxy stands before it in production."""

import gc
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from webapp.shell import log_lines

# Where the processes of one web server count together. Named before prometheus_client is imported: it looks only then.
OWN_FOLDER = "PROMETHEUS_MULTIPROC_DIR" not in os.environ
if OWN_FOLDER:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="motcua-meters-")
FOLDER = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])

from prometheus_client.mmap_dict import MmapedDict  # noqa: E402

from webapp.core.opener.pool import pool  # noqa: E402
from webapp.shell import templating  # noqa: E402
from webapp.shell.fair_worker import FairWorker  # noqa: E402

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = FairWorker
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 30  # an upload on a weak signal may finish
keepalive = 5
# What a library may leak ends with its process; a new one begins with an empty memory, so seldom.
max_requests = int(os.environ.get("WEB_MAX_REQUESTS", "50000"))
max_requests_jitter = 5_000
preload_app = True  # put together once, in the master: its processes share that memory, and a new one answers at once
accesslog = None  # our own lines hold no query strings
logconfig_dict = log_lines.config()
control_socket_disable = True


def when_ready(server: Any) -> None:
    """In the master, before it forks: what all processes can share is made now, what none may share is given back.

    A connection or a lock on a file that two processes inherit belongs to neither (SQLite, PostgreSQL, flock).
    """
    app = server.app.wsgi()
    if made := app.extensions.get("motcua"):  # the yardstick of tests/bench is served by these settings, too
        templating.compile_all(app)
        made.database.dispose()
        pool.start()
    gc.collect()
    gc.freeze()  # the collector would touch, and so copy, every page of what is shared


def child_exit(_server: Any, worker: Any) -> None:
    """What a gone process had counted goes into one file for all the gone, or a thousand restarts leave as many."""
    for kind in ("counter", "histogram"):
        gone = FOLDER / f"{kind}_{worker.pid}.db"
        if not gone.exists():
            continue
        total = MmapedDict(str(FOLDER / f"{kind}_0.db"))
        for key, value, _at, _position in MmapedDict.read_all_values_from_file(str(gone)):
            total.write_value(key, total.read_value(key)[0] + value, 0.0)
        total.close()
        gone.unlink()


def on_exit(_server: Any) -> None:
    if OWN_FOLDER:
        shutil.rmtree(FOLDER, ignore_errors=True)
