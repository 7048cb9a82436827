"""Every part of the look in every state, on one page: for page builders, axe and screenshots.

Exists only in the demo and in tests.
"""

from typing import Any

from flask import Blueprint, Flask, request

from webapp.core.fields import FieldSpec
from webapp.shell.access import public
from webapp.shell.pages import page
from webapp.shell.services import settings

bp = Blueprint("gallery", __name__)

PAST = "Ngày sinh phải là ngày đã qua. Xem lại năm sinh."
CHOOSE, TICK = "Chọn một câu trả lời.", "Đánh dấu vào ô này để đi tiếp."
PROVINCES = [("38", "Thanh Hóa"), ("40", "Nghệ An"), ("01", "Hà Nội")]
HOME = {"province": "38", "commune": "Xã Hoằng Lộc"}
ETHNICITIES = [(str(i), name) for i, name in enumerate(("Kinh", "Mường", "Thái", "Mông", "Thổ", "Dao", "Khơ Mú"))]


def _photo(id: str, name: str, size: int, state: str, note: str = "", href: str = "") -> dict[str, Any]:
    return {"id": id, "name": name, "size": size, "state": state, "note": note, "href": href}


STEPS = [
    {
        "title": "Đã nhận hồ sơ",
        "when": "09:58 ngày 11/07/2026",
        "state": "done",
        "detail": "UBND xã Hoằng Lộc",
    },
    {"title": "Đang thẩm định", "when": "Hẹn 16:00 ngày 12/07/2026", "state": "current"},
    {"title": "Trả kết quả", "when": "", "state": "next", "detail": "Bản điện tử, hoặc bưu điện gửi về nhà"},
]
LATE_STEPS = [
    STEPS[0],
    {
        "title": "Trễ hẹn",
        "when": "Hẹn mới: 15/07/2026",
        "state": "late",
        "detail": "Gọi chị Mai: 0912 000 003",
    },
    {"title": "Dừng giải quyết", "when": "13/07/2026", "state": "stopped"},
]
TASKS = [
    {"label": "Thông tin của con", "href": "#1", "status": "Chưa làm", "tone": "neutral"},
    {
        "label": "Thông tin cha mẹ",
        "href": "#2",
        "status": "Đã có sẵn",
        "tone": "plain",
        "icon": "circle-check",
    },
    {
        "label": "Giấy chứng sinh",
        "href": "#3",
        "status": "Cần chụp ảnh",
        "tone": "wait",
        "icon": "camera",
        "hint": "Chụp cả bốn góc",
    },
    {"label": "Nơi cư trú", "href": "#4", "status": "Cần sửa", "tone": "bad", "icon": "alert-triangle"},
    {"label": "Kiểm tra và nộp", "href": None, "status": "Chưa mở", "tone": "plain", "icon": "lock"},
]
ANSWERS = [
    {"label": "Họ tên con", "value": "Nguyễn Minh Khôi", "change_href": "#5"},
    {
        "label": "Nơi cư trú",
        "value": "Thôn Đình Bảng, xã Hoằng Lộc, tỉnh Thanh Hóa",
        "change_href": "#6",
        "source": "Từ dữ liệu dân cư",
    },
    {"label": "Thư điện tử", "value": "", "change_href": "#7"},
]
TILES = [
    {"label": "Khai sinh cho con", "href": "#t1", "icon": "baby-carriage", "dot": True},
    {"label": "Đăng ký thường trú", "href": "#t2", "icon": "home"},
    {"label": "Đăng ký kết hôn", "href": "#t3", "icon": "heart-handshake"},
    {"label": "Khai tử, mai táng phí", "href": "#t4", "icon": "grave-2"},
    {"label": "Chứng thực giấy tờ", "href": "#t5", "icon": "rubber-stamp"},
    {"label": "Cấp điện tử", "href": None, "icon": "signature", "note": "Chưa mở ở xã này"},
]
PHOTOS = [
    _photo(id="a", name="chung-sinh-1.jpg", size=212_000, state="stored", href="#p1"),
    _photo(id="b", name="chung-sinh-2.jpg", size=198_000, state="checking"),
    _photo(id="c", name="giay-cu.pdf", size=2_400_000, state="rejected", note="Tệp có mật khẩu"),
]
FIGURES = [
    {"value": "37", "label": "Tiếp nhận hôm nay", "href": "#f1"},
    {"value": "4", "label": "Sắp quá hạn"},
    {"value": "61 %", "label": "Dùng lại giấy tờ", "note": "tháng trước 54 %"},
]


def _fields() -> list[tuple[FieldSpec, Any, Any, Any]]:
    """(field, value, error, source): each kind at least once, each state at least once."""

    def f(key: str, kind: str, label: str, **more: Any) -> FieldSpec:
        return FieldSpec(key, kind, label, **more)

    table = f(
        "heirs",
        "table",
        "Người cùng nhận",
        required=False,
        columns=[
            f("name", "name", "Họ tên"),
            f("born", "date_partial", "Sinh ngày"),
            f("alive", "bool", "Còn sống"),
        ],
    )
    return [
        (f("child_name", "name", "Họ tên con", hint="Ghi như giấy chứng sinh."), "", None, None),
        (f("mother", "name", "Họ tên mẹ"), "Nguyễn Thị Đào", None, "Từ giấy kết hôn"),
        (f("born_on", "date", "Ngày sinh"), "27/03/2062", PAST, None),
        (f("sex", "select", "Con là", options=[("m", "Con trai"), ("f", "Con gái")]), "f", None, None),
        (f("twin", "bool", "Sinh đôi?"), "", CHOOSE, None),
        (f("ethnicity", "select", "Dân tộc", options=ETHNICITIES), "2", None, None),
        (f("home", "address", "Nơi ở", options=PROVINCES), HOME, None, None),
        (f("id", "id_number", "Số căn cước", hint="12 số, in trên thẻ."), "038154001234", None, None),
        (f("phone", "phone", "Số điện thoại"), "0912 000 001", None, None),
        (f("email", "email", "Thư điện tử", required=False), "", None, None),
        (f("old", "date_partial", "Sinh ngày, hoặc chỉ năm"), "1954", None, None),
        (f("death", "date_and_text", "Ngày mất"), {"date": "01/07/2026", "text": ""}, None, None),
        (f("copies", "int", "Số bản sao"), "2", None, None),
        (f("fee", "money", "Số tiền"), "25.000", None, None),
        (f("hour", "time", "Lúc mấy giờ"), "", None, None),
        (f("note", "textarea", "Lời nhắn", required=False), "", None, None),
        (f("otp", "otp", "Mã 6 số"), "", None, None),
        (f("password", "password", "Mật khẩu"), "", None, None),
        (f("agree", "checkbox", "Tôi đã đọc và thấy đúng"), "", TICK, None),
        (table, [{"name": "Lê Văn An", "born": "1980", "alive": "yes"}], None, None),
    ]


@bp.get("/dev/components")
@public("made-up examples of every part; only in the demo and in tests")
def components() -> str:
    """`?wide=1` is the desk; `?errors=1` shows a refused form."""
    refused = [("born_on", PAST), ("twin", CHOOSE)]
    return page(
        "shell/components.html",
        fields=_fields(),
        errors=refused if request.args.get("errors") else None,
        refused=refused,
        is_wide=bool(request.args.get("wide")),
        steps=STEPS,
        late=LATE_STEPS,
        tasks=TASKS,
        answers=ANSWERS,
        tiles=TILES,
        photos=PHOTOS,
        figures=FIGURES,
    )


def register(app: Flask) -> None:
    with app.app_context():
        if settings().is_demo:
            app.register_blueprint(bp)
