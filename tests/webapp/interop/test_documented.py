"""What README of the room shows is what the API does; what OpenAPI says is what it answers."""

import json
import re
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.support import house
from tests.webapp.interop.test_api import files_of
from webapp.interop import limits
from webapp.interop.description import description

README = house.ROOT / "webapp" / "interop" / "README.md"
EXAMPLES = re.findall(r"```http\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


def filled_in(text: str, facts: dict[str, Any]) -> str:
    for name, value in facts.items():
        text = text.replace(f"<{name}>", str(value))
    assert not re.search(r"<[a-z0-9 ]+>", text), text
    return text


def read(shown: str) -> Any:
    """An example's answer: `…` before a closing bracket leaves the rest out, as a value it stands for anything."""
    whole = re.sub(r",?\s*…\s*(?=[}\]])", "", re.sub(r":\s*…", ': "…"', shown))
    return json.loads(whole)


def shows(shown: Any, answered: Any) -> bool:
    if shown == "…":
        return True
    if isinstance(shown, dict) and isinstance(answered, dict):
        return all(name in answered and shows(value, answered[name]) for name, value in shown.items())
    if isinstance(shown, list) and isinstance(answered, list):
        return len(shown) == len(answered) and all(map(shows, shown, answered))
    return bool(shown == answered)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_the_example_does_what_it_shows(system, sent, dossier, number, monkeypatch):
    file = files_of(system, sent)[0]
    count = len(files_of(system, sent))
    facts = {
        "cursor": system.client.get("/api/v1/procedures?limit=1").get_json()["next_cursor"],
        "etag": system.client.get("/api/v1/procedures/1.001193").headers["ETag"],
        "lookup code": dossier.lookup_code, "code": dossier.code, "id": sent, "token": system.secret,
        "file": file["id"], "sha256": file["sha256"], "files": count, "waiting": count - 1,
    }  # fmt: skip
    asked, shown = filled_in(EXAMPLES[number], facts).strip().split("\n\n")
    first, *rest = asked.split("\n")
    method, path = first.split(" ")
    headers = dict(line.split(": ", 1) for line in rest if not line.startswith("{"))
    body = next((line for line in rest if line.startswith("{")), None)
    kind = "application/json" if body else None
    status, *told = shown.split("\n")
    if status == "429":
        monkeypatch.setattr(limits, "PER_ADDRESS", 0)

    def ask():
        return system.client.open(path, method=method, headers=headers, data=body, content_type=kind)

    answer = ask()
    assert answer.status_code == int(status), answer.text
    for name, value in (line.split(": ", 1) for line in told if not line.startswith("{")):
        assert re.fullmatch(re.escape(value).replace("…", ".+"), answer.headers[name]), name
    for expected in (line for line in told if line.startswith("{")):
        assert shows(read(expected), answer.get_json(force=True)), answer.text
    if "Idempotency-Key" in headers and status == "200":
        assert ask().data == answer.data, "sent again after a lost answer"


def test_the_examples_show_every_operation():
    told = {re.sub(r"\?.*", "", line) for example in EXAMPLES for line in [example.split("\n", 1)[0]]}
    for path, item in description()["paths"].items():
        for method in item:
            line = re.escape(f"{method.upper()} /api/v1{path}")
            pattern = line.replace(r"\{code\}", "[^/]+").replace(r"\{id\}", "<id>").replace(r"\{file\}", "<file>")
            assert any(re.fullmatch(pattern, line) for line in told), pattern


def test_the_description_is_openapi_of_its_version():
    OpenAPIV31SpecValidator(description()).validate()


def test_every_route_below_the_api_is_described(built):
    described = {re.sub(r"\{(\w+)\}", r"<\1>", path) for path in description()["paths"]}
    rules = [rule.rule for rule in built.url_map.iter_rules()]
    routes = {rule.removeprefix("/api/v1") for rule in rules if rule.startswith("/api/v1")}
    assert routes - described == {"/openapi.json", "/problems/<slug>"}
