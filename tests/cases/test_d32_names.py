"""D32: whatever a file is called, its bytes lie under a random name and the header that gives it out is plain."""

import re
from pathlib import Path

import pytest

from tests.cases.sending import Paper
from tests.factories.hostile import photo

NAMES = {
    "../../../etc/passwd": "etc-passwd",
    "..\\..\\windows.jpg": "windows",
    "/etc/cron.d/x.jpg": "etc-cron-d-x",
    "anh\0.jpg": "anh",
    "a" * 300 + ".jpg": "a" * 80,
    "anh\u202egpj.jpg": "anhgpj",
    "a%0D%0ASet-Cookie: x=1.jpg": "a-0d-0aset-cookie-x-1",  # as browsers write what would break the line
    "a%22; filename=%22x.exe.jpg": "a-filename-x-exe",
    "Giấy khai sinh của Vi Thị Nhàn.jpg": "giay-khai-sinh-cua-vi-thi-nhan",
    "<script>alert(1)</script>.jpg": "script-alert-1-script",
    "CON.jpg": "con",
    ".jpg": "file",
    "🙂.jpg": "file",
}


@pytest.mark.parametrize(("name", "shown"), NAMES.items(), ids=[ascii(name)[:30] for name in NAMES])
def test_a_name_is_never_a_path_a_header_or_a_page(client, services, settings, name, shown):
    paper = Paper(client, services)
    folder = Path(settings.storage_url)
    before = set(folder.rglob("*"))
    assert paper.send(photo(), name).status_code == 303
    (made,) = [path for path in set(folder.rglob("*")) - before if path.is_file()]
    assert re.fullmatch(r"[0-9a-f]{32}", made.name)
    assert made.parent.parent == folder
    given = paper.file()
    assert given.headers["Content-Disposition"] == f"attachment; filename={shown}.jpg"
    assert "Set-Cookie: x" not in str(given.headers)
    assert "<script>" not in paper.page()
