"""D32: whatever a file is called, its bytes lie under a random name and the header that gives it out is plain."""

import re
from pathlib import Path

import pytest

from tests.cases.sending import Paper
from tests.factories.hostile import photo
from tests.pages import form_of

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


@pytest.mark.parametrize(
    "header",
    [
        "filename*=UTF-8''a%0D%0ASet-Cookie:%20x=1.jpg",
        "filename*=UTF-8''..%2F..%2Fa%00b.jpg",
        'filename="a\r\n Set-Cookie: x=1.jpg"',
        'filename="a\rSet-Cookie: x=1.jpg"',
        "filename=\"a.jpg\"; filename*=iso-8859-1''%E2%80%AEgpj.exe",
    ],
    ids=["line break", "path and NUL", "folded line", "bare CR", "two names"],
)
def test_a_name_that_the_browser_wrote_in_its_own_way_is_plain_too(client, services, header):
    """As raw bytes: the test client, as real browsers, would never send such a name."""
    paper = Paper(client, services)
    fields = form_of(client, paper.url)["hidden"]
    parts = [f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in fields.items()]
    parts += [f'--x\r\nContent-Disposition: form-data; name="photos"; {header}\r\n'.encode()]
    body = b"".join([*parts, b"Content-Type: image/jpeg\r\n\r\n", photo(), b"\r\n--x--\r\n"])
    answer = client.post(paper.url, data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code in (303, 400, 422), "kept, or refused as unreadable"
    if answer.status_code == 303:
        given = paper.file().headers
        assert re.fullmatch(r"attachment; filename=[a-z0-9-]+\.jpg", given["Content-Disposition"])
        assert "x=1" not in given.get("Set-Cookie", "")
