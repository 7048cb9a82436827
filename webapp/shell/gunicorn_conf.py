"""gunicorn's settings; nginx or another buffering proxy stands before it in production."""

import os

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
control_socket_disable = True
