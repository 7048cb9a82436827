"""A scan is worth something only if it was made by who it says."""

import json

import pytest

from tests.scan.ground import Scanned, broken


def log_of(folder, *requests):
    lines = [json.dumps({"event": "request", "status": status, "role": role}) for status, role in requests]
    (folder / "web.log").write_text("\n".join(lines))


@pytest.mark.parametrize(
    ("who", "roles", "found"),
    [
        ("officer", ["reception"] * 9 + [None], []),
        ("officer", ["reception"] + [None] * 9, ["asked most as nobody: 9 of 10 requests"]),
        ("anonymous", [None] * 10, []),
    ],
    ids=["logged in", "logged out on the way", "nobody from the beginning"],
)
def test_a_tool_that_scanned_without_its_log_in_is_told_of(tmp_path, who, roles, found):
    log_of(tmp_path, *((200, role) for role in roles))
    at = Scanned(who, "http://127.0.0.1:9", tmp_path, "motcua=what forms are signed with", "")
    assert [f"{one.what}: {one.where}" for one in broken("wapiti", at)] == found


def test_what_we_broke_on_is_a_finding_whoever_asked(tmp_path):
    log_of(tmp_path, (500, None), (503, "officer"), (404, None))
    at = Scanned("anonymous", "http://127.0.0.1:9", tmp_path, "", "")
    assert [one.what.strip() for one in broken("ffuf", at)] == ["500", "503"]
