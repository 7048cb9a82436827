"""Answering a whole dossier over HTTP, page by page, the way a person does."""

import io
import re
from collections.abc import Mapping
from datetime import timedelta
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session

from tests.days import ahead
from tests.pages import form_of, post_form, text_of
from webapp.accounts.models import Person
from webapp.catalogue.formspec import ProcedureSpec
from webapp.core import clock
from webapp.core.fields import FieldSpec
from webapp.core.files import store_file
from webapp.core.storage import Storage
from webapp.vault.records import keep_result

HOANG_LOC = {"province": "38", "commune": "Xã Hoằng Lộc", "line": "Thôn Đình Nam"}


def birth_answers() -> dict[str, Any]:
    """A birth a week ago: what Đào types about her daughter (the rest is known)."""
    born = clock.today() - timedelta(days=7)
    return {
        "relation": "me",
        "applicant_name": "Nguyễn Thị Đào",
        "applicant_id_type": "can_cuoc",
        "applicant_id_no": "038196001234",
        "applicant_id_issued": {"date": "16/08/2023", "text": "Bộ Công an"},
        "applicant_residence": HOANG_LOC,
        "applicant_phone": "0912000001",
        "applicant_email": "",
        "child_name": "Lê Thị Mai An",
        "child_dob": f"{born:%d/%m/%Y}",
        "child_sex": "nu",
        "child_birthplace": "Bệnh viện Phụ sản Thanh Hóa",
        "child_ethnicity": "Kinh",
        "child_nationality": "Việt Nam",
        "child_hometown": HOANG_LOC,
        "mother_name": "Nguyễn Thị Đào",
        "mother_dob": "14/05/1996",
        "mother_id_no": "038196001234",
        "mother_ethnicity": "Kinh",
        "mother_nationality": "Việt Nam",
        "mother_residence": HOANG_LOC,
        "parents_married": "yes",
        "father_name": "Lê Văn Hùng",
        "father_dob": "20/10/1994",
        "father_id_no": "038094005678",
        "father_ethnicity": "Kinh",
        "father_nationality": "Việt Nam",
        "father_residence": HOANG_LOC,
        "copies_wanted": "no",
        "result_channel": "dien_tu",
    }


def photo(words: str = "giấy chứng sinh", size: tuple[int, int] = (480, 640), shade: int = 235) -> io.BytesIO:
    """A JPEG as a phone's camera gives it; `words` becomes part of its pixels' colour, so that photos differ."""
    tint = sum(words.encode()) % 20
    out = io.BytesIO()
    Image.effect_noise(size, 20 + tint).convert("RGB").point(lambda v: min(v + shade - 128, 255)).save(out, "JPEG")
    out.seek(0)
    return out


def inputs(key: str, value: Any) -> dict[str, Any]:
    """The form fields of one answer."""
    return {f"{key}_{part}": v for part, v in value.items()} if isinstance(value, dict) else {key: value}


def begin(client: FlaskClient, code: str = "1.001193", office: str = "H56.38.12") -> str:
    """Begin a draft; its address."""
    answer = post_form(client, f"/dossiers/new/{code}", {"office": office})
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["Location"]).removesuffix("/edit")


def answer_all(client: FlaskClient, dossier: str, answers: Mapping[str, Any]) -> int:
    """Go on from the task list until every question is answered; how many pages were shown."""
    shown = 0
    for _ in range(80):
        page = client.get(f"{dossier}/edit").get_data(as_text=True)
        section = re.search(rf'href="({re.escape(dossier)}/sections/[^"]+)"[^>]*><span>', page)
        if not section:
            return shown
        url = section[1].replace("&amp;", "&")
        while "/sections/" in url:
            html = client.get(url).get_data(as_text=True)
            names = set(re.findall(r'name="([a-z0-9_]+)"', html))
            fields = {k: v for key, value in answers.items() for k, v in inputs(key, value).items() if k in names}
            reply = post_form(client, url, fields)
            assert reply.status_code == 303, text_of(reply)
            url, shown = str(reply.headers["Location"]), shown + 1
    raise AssertionError("the task list never ends")


def send_photos(client: FlaskClient, dossier: str, key: str, *photos: io.BytesIO) -> Any:
    """Photograph one paper."""
    files = [(p, f"anh-{i}.jpg") for i, p in enumerate(photos, start=1)]
    return post_form(client, f"{dossier}/documents/{key}", {"photos": files}, content_type="multipart/form-data")


def submit(client: FlaskClient, dossier: str, **more: Any) -> Any:
    """Read through, agree, send."""
    form = form_of(client, f"{dossier}/review", f"{dossier}/submit")
    return client.post(f"{dossier}/submit", data={**form["hidden"], "pledge": "yes", "consent": "yes", **more})


def sent_birth(client: FlaskClient) -> str:
    """A whole birth registration with two photos of one paper and the marriage from the records; its address."""
    dossier = begin(client)
    answer_all(client, dossier, birth_answers())
    assert send_photos(client, dossier, "birth_proof", photo("một"), photo("hai")).status_code == 303
    record = re.search(r'name="record" value="([^"]+)"', client.get(f"{dossier}/documents/marriage_info").text)
    assert record, "the records hold no marriage certificate"
    assert post_form(client, f"{dossier}/documents/marriage_info", {"record": record[1]}).status_code == 303
    assert submit(client, dossier).status_code == 303
    return dossier


def known_answers(client: FlaskClient, dossier: str) -> int:
    """How many answers the task list says were spared."""
    told = re.search(r"điền (\d+) câu trả lời", text_of(client.get(f"{dossier}/edit")))
    return int(told[1]) if told else 0


def record_of(session: Session, storage: Storage, person: Person) -> str:
    """A marriage certificate in this person's records; its public id."""
    file = store_file(session, storage, photo("kết hôn").getvalue(), "ket-hon.jpg")
    item = keep_result(
        session,
        person_id=person.id,
        result_code="KQ.G15.000032",
        title_vi="Giấy chứng nhận kết hôn",
        title_en="Marriage certificate",
        number="1/2020",
        issuer="UBND xã Bá Thước",
        issued_on=clock.today(),
        valid_until=None,
        file=file,
        source_dossier=None,
        source_code=None,
        data={},
    )
    return item.public_id


# ------------------------------------------------------------------------------------------- any procedure at all

TYPED: dict[str, Any] = {
    "name": "Lò Thị Mai Hương",
    "id_number": "038 190 001 111",
    "phone": "0912 000 009",
    "email": "huong@example.vn",
    "date": "02/11/2026",
    "date_future": ahead(25),
    "date_partial": "1990",
    "int": "2",
    "decimal": "120,5",
    "money": "25.000.000 đ",
    "bool": "yes",
    "checkbox": "yes",
    "time": "14:30",
    "address": HOANG_LOC,
    "commune": {k: v for k, v in HOANG_LOC.items() if k != "line"},
    "date_and_text": {"date": "16/08/2023", "text": "Bộ Công an"},
    "bank_account": "0123456789, Agribank chi nhánh Hoằng Hóa",
    "plot_ref": "Thửa 12, tờ bản đồ 5",
    "doc_ref": "12/2020, cấp ngày 03/05/2020",
    "unit": "m2",
    "textarea": "Như trên giấy tờ gửi kèm.",
}


def typed(field: FieldSpec, *, yes: bool) -> Any:
    """What somebody types or picks: the first answer and "yes" everywhere, or the last one and "no"."""
    if field.options:
        return field.options[0 if yes else -1][0]
    if field.kind == "bool":
        return "yes" if yes else "no"
    return TYPED.get(field.kind, "Như trên giấy")


def typed_rows(field: FieldSpec, count: int, *, yes: bool) -> dict[str, list[Any]]:
    """The same for every row of a table, as the page posts them: one list a column."""
    return {f"{field.key}_{column.key}": [typed(column, yes=yes)] * count for column in field.columns}


def answer_whole(client: FlaskClient, dossier: str, spec: ProcedureSpec, *, yes: bool) -> set[str]:
    """Answer everything; the keys that were asked.

    On the "yes" way somebody who reads every page and fills every box; on the "no" way somebody in a hurry, who
    follows the button and leaves empty what may be empty.
    """
    asked: set[str] = set()
    for section in spec.sections if yes else ():
        for number in range(1, 60):
            url = f"{dossier}/sections/{section.key}?q={number}"
            told = re.search(r'class="step">.*?câu (\d+) trên', client.get(url).text)
            if told is None or int(told[1]) < number:  # the section does not apply, or its last page is behind
                break
            _answer_page(client, url, spec, asked, yes=yes)
    for _ in range(80):
        page = client.get(f"{dossier}/edit").get_data(as_text=True)
        button = re.search(rf'href="({re.escape(dossier)}/sections/[^"]+)"[^>]*><span>', page)
        if not button:
            return asked
        _answer_page(client, unescape(button[1]), spec, asked, yes=yes)
    raise AssertionError("the task list never ends")


def _answer_page(client: FlaskClient, url: str, spec: ProcedureSpec, asked: set[str], *, yes: bool) -> str:
    html = client.get(url).get_data(as_text=True)
    names = set(re.findall(r'name="([a-z0-9_]+)"', html))
    data: dict[str, Any] = {}
    shown = [f for f in spec.fields if {f.key, f"{f.key}_date", f"{f.key}_province"} & names or _is_rows(f, names)]
    asked |= {f.key for f in shown}
    for field in shown:
        if field.kind == "table" and (field.required or yes):
            rows = typed_rows(field, 1, yes=yes)
            more = post_form(client, url, {**data, **rows, "add_row": field.key})
            assert more.status_code == 303, text_of(more)
            data |= typed_rows(field, 2, yes=yes)
        elif field.kind != "table" and (field.required or yes):
            data |= inputs(field.key, typed(field, yes=yes))
    reply = post_form(client, url, data)
    assert reply.status_code == 303, (url, text_of(reply))
    return str(reply.headers["Location"])


def _is_rows(field: FieldSpec, names: set[str]) -> bool:
    return field.kind == "table" and f"{field.key}_{field.columns[0].key}" in names


def photograph_all(client: FlaskClient, dossier: str) -> list[str]:
    """A photo of every paper the task list asks for or offers; their keys."""
    page = client.get(f"{dossier}/edit").get_data(as_text=True)
    keys = list(dict.fromkeys(re.findall(rf'{re.escape(dossier)}/documents/([a-z0-9_]+)"', page)))
    for key in keys:
        answer = send_photos(client, dossier, key, photo(key))
        assert answer.status_code == 303, text_of(answer)
    return keys
