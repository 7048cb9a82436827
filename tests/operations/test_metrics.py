"""Numbers for a monitoring system: true over all processes, without anybody in them, and not for everybody."""

import os
import subprocess
import sys

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests import people
from tests.operations.conftest import a_dossier, made
from tests.pages import post_form
from webapp.core import worker
from webapp.shell.metrics import Facts

TOKEN = "a token of the monitoring system"


def numbers(answer):
    """(name, labels) → number."""
    found = {}
    for family in text_string_to_metric_families(answer.get_data(as_text=True)):
        for sample in family.samples:
            found[(sample.name, *sorted(sample.labels.values()))] = sample.value
    return found


@pytest.fixture(autouse=True)
def fresh(app):
    made(app).extra["facts"] = Facts()


def test_requests_are_counted_by_route_and_answer(client):
    before = numbers(client.get("/metrics")).get(("motcua_requests_total", "200", "GET", "catalogue.procedures"), 0)
    client.get("/procedures")
    client.get("/procedures?q=khai+sinh")
    after = numbers(client.get("/metrics"))
    assert after[("motcua_requests_total", "200", "GET", "catalogue.procedures")] == before + 2
    assert after[("motcua_request_seconds_count", "catalogue.procedures")] >= 2


def test_methods_that_somebody_makes_up_are_counted_together(client):
    for name in ("BREW", "FROTH", "STEAM"):
        assert client.open("/procedures", method=name).status_code == 405
    counted = {word for key in numbers(client.get("/metrics")) if key[0] == "motcua_requests_total" for word in key}
    assert "other" in counted
    assert not counted & {"BREW", "FROTH", "STEAM"}


def test_dossiers_texts_outbox_journal_and_log_ins_are_there(app, client, services):
    dossier = a_dossier(app)
    waiting = numbers(client.get("/metrics"))
    assert waiting[("motcua_outbox_deliveries", "waiting")] > 0
    assert waiting[("motcua_dossiers", "submitted")] == 1
    worker.drain(services.database)
    worker.beat(services.database)
    services.extra["facts"] = Facts()
    done = numbers(client.get("/metrics"))
    assert done[("motcua_outbox_deliveries", "waiting")] == 0
    assert sum(value for key, value in done.items() if key[0] == "motcua_texts_last_hour") >= 1
    assert done[("motcua_audit_head",)] > 0
    assert done[("motcua_worker_silent_seconds",)] < 60
    assert done[("motcua_acts_total", "dossier:submit")] >= 1
    assert dossier not in client.get("/metrics").get_data(as_text=True)


def test_nobody_stands_in_the_numbers(app, client):
    post_form(client, "/login", {"phone": "0912000001"})
    a_dossier(app)
    text = client.get("/metrics").get_data(as_text=True)
    for secret in ("0912000001", people.DAO_ID, "Đào"):
        assert secret not in text


@pytest.mark.parametrize(
    ("header", "status"),
    [({}, 404), ({"Authorization": "Bearer wrong"}, 404), ({"Authorization": f"Bearer {TOKEN}"}, 200)],
)
def test_with_a_token_in_the_settings_only_whoever_has_it_reads_them(client, services, header, status):
    secret = type(services.settings.metrics_token)(TOKEN)
    services.settings = services.settings.model_copy(update={"metrics_token": secret})
    assert client.get("/metrics", headers=header).status_code == status


def test_without_a_token_only_the_demos_own_machine_reads_them(client, services):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "10.0.0.7"}).status_code == 404
    services.settings = services.settings.model_copy(update={"env": "production"})
    assert client.get("/metrics").status_code == 404


def test_without_its_database_the_process_still_counts(client, services):
    services.database.dispose()
    services.database = type(services.database)("postgresql+psycopg://nobody@127.0.0.1:9/none")
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert "motcua_requests_total" in answer.text and "motcua_dossiers{" not in answer.text
    services.database.dispose()


MERGE = """
import os
from types import SimpleNamespace
from webapp.shell import gunicorn_conf
from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
counter = Counter("kettles", "boiled", ["colour"])
for child in range(3):
    pid = os.fork()
    if pid == 0:
        counter.labels("blue").inc(2)
        os._exit(0)
    os.waitpid(pid, 0)
    gunicorn_conf.child_exit(None, SimpleNamespace(pid=pid))
registry = CollectorRegistry()
MultiProcessCollector(registry)
print(sorted(os.listdir(gunicorn_conf.FOLDER)))
print(generate_latest(registry).decode())
"""


def test_what_processes_counted_that_are_gone_is_kept_in_one_file(tmp_path):
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", MERGE], env=environment, capture_output=True, text=True, check=True)
    assert 'kettles_total{colour="blue"} 6.0' in done.stdout
    assert "counter_0.db" in done.stdout.splitlines()[0]
    assert len(os.listdir(tmp_path)) <= 2, "the one for all the gone, and the parent's own"
