"""gunicorn's settings; nginx or another buffering proxy stands before it in production."""

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

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 30  # an upload on a weak signal may finish
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
accesslog = None  # our own lines hold no query strings
logconfig_dict = log_lines.config()
control_socket_disable = True


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
