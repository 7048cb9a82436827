"""gunicorn's threaded worker, but of several the one with less to do takes the next person.

Every idle process is woken when somebody comes, and the quickest one takes them: it may take all of eight that come at
once, and keep them as long as they stay connected, while the other core rests. So it was in every fourth crowd, which
then got a third of the answers a second (two processes on two cores).
"""

import time
from socket import socket

from gunicorn.workers.gthread import ThreadWorker

NAP = 0.0002  # seconds for each connection of its own: longer than another process takes to wake up
MOST = 8  # so that nobody waits longer than a millisecond or two where all have many


class FairWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Lets the others go first, the longer the more connections it has."""

    def accept(self, listener: socket) -> None:
        """Called when somebody waits at the door; whoever was taken meanwhile is no error (EAGAIN)."""
        time.sleep(NAP * min(self.nr_conns, MOST))
        super().accept(listener)
