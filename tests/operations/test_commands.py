"""The commands tell the truth about the program, and what is written for the installation fits it."""

import json
import re

import pytest
import yaml

from tests.core.test_audit import tamper
from tests.operations.conftest import command
from tests.support import house
from webapp.core.actor import SYSTEM
from webapp.core.audit import AuditEntry, AuditHead, audit
from webapp.core.settings import Settings, without_password


def test_every_door_is_printed_with_who_may_go_through(app):
    doors = json.loads(command(app, "doors", "--json").output)
    assert {(d["name"], d["path"]) for d in doors} == {(r.endpoint, r.rule) for r in app.url_map.iter_rules()}
    assert all(d["roles"] if d["right"] else d["reason"] for d in doors)
    assert {d["method"] for d in doors} <= {"GET", "POST", "PUT", "DELETE", "PATCH"}
    (lookup,) = [d for d in doors if d["path"] == "/counter/worklist" and d["method"] == "GET"]
    assert lookup["roles"] and "citizen" not in lookup["roles"]


def test_doors_can_be_read_by_people_too(app):
    assert re.search(r"^GET\t/healthz\tpublic: ", command(app, "doors").output, re.MULTILINE)


@pytest.mark.parametrize("name", ["rights", "events", "retention"])
def test_the_maps_are_not_empty(app, name):
    told = command(app, name)
    assert told.exit_code == 0 and len(told.output.splitlines()) > 5


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql+psycopg://motcua:s3cret@db:5432/x", "postgresql+psycopg://motcua:***@db:5432/x"),
        ("postgresql+psycopg://motcua@db/x", "postgresql+psycopg://motcua@db/x"),
        ("postgresql://db/x?user=a&password=s3cret&sslmode=require", "postgresql://db/x?user=a&password=***&sslmode=require"),
        ("s3://bucket?endpoint=http://minio&secret_access_key=s3cret", "s3://bucket?endpoint=http://minio&secret_access_key=***"),
        ("sqlite:///var/motcua.db", "sqlite:///var/motcua.db"),
    ],
)  # fmt: skip
def test_no_password_in_an_address_is_printed(address, shown):
    assert without_password(address) == shown
    assert "s3cret" not in str(Settings(database_url=address).masked())


# ------------------------------------------------------------------------------------------------ journal


@pytest.fixture
def journal(services):
    for number in range(10):
        with services.database.transaction() as session:
            audit(session, SYSTEM, "test:act", f"o{number}")
    return services.database


def test_the_end_of_the_journal_can_be_printed_and_anchored(app, journal, tmp_path):
    seq, digest = command(app, "audit", "head").output.split()
    assert len(digest) == 64 and int(seq) >= 10
    anchors = tmp_path / "anchors.jsonl"
    assert command(app, "audit", "anchor", str(anchors)).exit_code == 0
    assert json.loads(anchors.read_text())["digest"] == digest
    assert command(app, "audit", "verify", "--anchors", str(anchors)).exit_code == 0


def test_a_tail_that_was_cut_with_its_end_rewritten_is_found_by_the_anchor_only(app, journal, tmp_path):
    """Whoever has the database and knows how the chain is made can cut it clean; outside they cannot."""
    anchors = tmp_path / "anchors.jsonl"
    command(app, "audit", "anchor", str(anchors))
    with journal.session(write=False) as session:
        last = session.get_one(AuditHead, 1).seq - 3
        digest = session.get_one(AuditEntry, last).digest
    table, head = AuditEntry.__table__, AuditHead.__table__
    tamper(journal, table.delete().where(table.c.seq > last), head.update().values(seq=last, digest=digest))
    assert command(app, "audit", "verify").exit_code == 0
    told = command(app, "audit", "verify", "--anchors", str(anchors))
    assert told.exit_code == 1 and f"the chain ends at row {last}" in told.output


def test_an_anchored_row_that_was_replaced_is_found(app, journal, tmp_path):
    anchors = tmp_path / "anchors.jsonl"
    anchors.write_text(json.dumps({"at": "x", "seq": 4, "digest": "0" * 64}) + "\n")
    told = command(app, "audit", "verify", "--anchors", str(anchors))
    assert told.exit_code == 1 and "row 4 is not the one that was anchored" in told.output


def test_a_list_of_anchors_that_cannot_be_read_is_said_with_its_line(app, journal, tmp_path):
    anchors = tmp_path / "anchors.jsonl"
    anchors.write_text("\nnonsense\n")
    told = command(app, "audit", "verify", "--anchors", str(anchors))
    assert told.exit_code == 1 and "line 2" in told.output


# ------------------------------------------------------------------------------------------- installation

COMPOSE = house.ROOT / "compose.yaml"
DOCKERFILE = house.ROOT / "Dockerfile"


def test_the_container_runs_as_nobody_and_starts_commands_that_exist(app):
    text = DOCKERFILE.read_text(encoding="utf-8")
    assert re.search(r"^USER (?!root)\w+", text, re.MULTILINE)
    assert re.search(r"^FROM python:3\.\d+-slim", text, re.MULTILINE), "no registry's host in the image's name"
    assert "requirements.lock" in text and "--require-hashes" in text
    for copied in re.findall(r"^COPY (?:--\S+ )?(.+) \S+$", text, re.MULTILINE):
        assert [name for name in copied.split() if not (house.ROOT / name).exists()] == []


def test_the_parts_of_the_composition_are_known(app):
    made = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    assert set(made["services"]) == {"proxy", "web", "worker", "database", "setup"}
    for service in ("web", "worker", "setup"):
        used = set(made["services"][service]["environment"])
        fields = {f"MOTCUA_{name.upper()}" for name in Settings.model_fields}
        assert {name for name in used if name.startswith("MOTCUA_")} <= fields
    told = re.findall(r"flask ([a-z]+)", COMPOSE.read_text(encoding="utf-8"))
    assert told and set(told) <= set(app.cli.commands)


def test_no_secret_is_written_into_the_composition():
    text = COMPOSE.read_text(encoding="utf-8")
    for name in ("MOTCUA_SECRET_KEYS", "MOTCUA_DATA_KEYS", "MOTCUA_INDEX_KEY", "POSTGRES_PASSWORD"):
        assert re.search(rf"{name}: \$\{{{name}:\?", text), f"{name} must come from outside"
