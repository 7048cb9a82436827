"""Requests nobody thought of: what the API answers is always what its description says, and never "we broke".

CI asks some hundreds per operation; `MOTCUA_FUZZ=20000` asks as many as one likes.
"""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from webapp.interop import limits
from webapp.interop.description import description

CASES = int(os.environ.get("MOTCUA_FUZZ", "300"))
OPERATIONS = [(path, method) for path, item in description()["paths"].items() for method in item]
CHECKS = (not_a_server_error, response_schema_conformance, status_code_conformance)


@pytest.mark.long
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_whatever_is_asked_the_answer_is_described(app, system, sent, monkeypatch, path, method):
    monkeypatch.setattr(limits, "PER_TOKEN", 10**9)
    monkeypatch.setattr(limits, "PER_ADDRESS", 10**9)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operation = schema[path][method]
    protected = "security" in operation.definition.raw

    @settings(
        max_examples=CASES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def ask(case):
        headers = {"Accept-Encoding": "identity", **(system.headers() if protected else {})}
        if "id" in (case.path_parameters or {}) and case.path_parameters["id"].startswith("0"):
            case.path_parameters["id"] = sent
        case.call_and_validate(headers=headers, checks=CHECKS)

    ask()

