"""Requests nobody thought of: what the API answers is always what its description says, and never "we broke".

Each operation gets good requests and as many bad ones (tests/cases/fuzzing.py says how many), with the office's token
and with whatever stands for one.
"""

from collections import Counter

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from tests.cases import fuzzing
from webapp.core import throttle
from webapp.interop.description import description

OPERATIONS = [(path, method) for path, item in description()["paths"].items() for method in item]
WITHOUT_BAD = {"/procedures/{code}"}  # every word may be a code: those that are none come among the good ones


def tells_nothing(_context, response, _case):
    """No trace, path or SQL in a body."""
    told = fuzzing.TELLING.search(response.text)
    assert told is None, f"the answer tells {told}"


CHECKS = (not_a_server_error, response_schema_conformance, status_code_conformance, tells_nothing)


@pytest.mark.long
@pytest.mark.parametrize("bad", [False, True], ids=["good", "bad"])
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_whatever_is_asked_the_answer_is_described(app, system, sent, monkeypatch, path, method, bad):
    monkeypatch.setattr(throttle._Rule, "relaxed", True)  # or most answers would be "too many"
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operation, statuses = schema[path][method], Counter()
    mode = GenerationMode.NEGATIVE if bad and path not in WITHOUT_BAD else GenerationMode.POSITIVE
    protected = "security" in operation.definition.raw

    @settings(
        max_examples=fuzzing.each(fuzzing.TO_API, len(OPERATIONS)), deadline=None, database=None, derandomize=True,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(mode), known=st.sampled_from([True, True, not bad]))
    def ask(case, known):
        headers = {"Accept-Encoding": "identity", **(system.headers() if protected and known else {})}
        if "id" in (case.path_parameters or {}) and case.path_parameters["id"].startswith("0"):
            case.path_parameters["id"] = sent
        statuses[case.call_and_validate(headers=headers, checks=CHECKS).status_code] += 1

    ask()
    fuzzing.log.info("%s %s: %s requests, %s", method, path, statuses.total(), dict(statuses))
    assert 429 not in statuses
