"""What each process counts of itself; `/metrics` adds up the processes and puts the database's facts beside them.

No label names a person: routes, acts and states only.
"""

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()
# Around the goals: pages 150 ms, submits 500 ms; a proxy gives up after 60 s.
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter("motcua_requests", "Answers given", ["route", "method", "status"], registry=REGISTRY)
SECONDS = Histogram("motcua_request_seconds", "Time to answer", ["route"], registry=REGISTRY, buckets=BUCKETS)
ACTS = Counter("motcua_acts", "Acts written into the journal, log-ins among them", ["action"], registry=REGISTRY)
STORAGE_ERRORS = Counter("motcua_storage_errors", "Files that could not be kept or opened", ["act"], registry=REGISTRY)
DATABASE_ERRORS = Counter("motcua_database_errors", "Requests that the database did not answer", registry=REGISTRY)
