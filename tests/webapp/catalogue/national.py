"""Lines in the shape of the national list, messy as it is: made here, for the list itself stays outside the project."""

import json
import random
from pathlib import Path
from typing import Any

INDEX_HEADER = "code\tname\tfield\tlevel\tdecision\tsubject\tministry\traw_len"
VERBS = (
    "Cấp",
    "Cấp lại",
    "Gia hạn",
    "Đăng ký",
    "Thu hồi",
    "Công nhận",
    "Điều chỉnh",
    "Xác nhận",
    "Kiểm tra",
    "Phê duyệt",
)
THINGS = (
    "giấy phép",
    "chứng chỉ",
    "phương án",
    "hợp đồng",
    "tài khoản",
    "giấy chứng nhận",
    "quyết định",
    "thẻ",
    "mã số",
)
AREAS = (
    "tàu cá",
    "khoáng sản",
    "hàng không",
    "hải quan",
    "thú y",
    "kiểm lâm",
    "luật sư",
    "ngoại hối",
    "thủy lợi",
    "đê điều",
)


def entry(code: str = "9.000001", **changes: Any) -> dict[str, Any]:
    """One procedure with its whole text, as the list has it."""
    return {
        "code": code,
        "name": "Gia hạn giấy phép nuôi ong",
        "field": "Chăn nuôi",
        "level": "Cấp tỉnh, Cấp xã",
        "decision": "12/QĐ-BNNMT",
        "subjects": "Công dân Việt Nam, Tổ chức (không bao gồm doanh nghiệp, HTX)",
        "ministry": "bo-nong-nghiep-mt",
        "channels": [
            {"channel": "online", "time": "3 Ngày làm việc", "fee": "7,000 Việt Nam Đồng", "note": "(Nộp qua mạng.)"},
            {"channel": "counter", "time": "5", "fee": "Miễn phí", "note": "Không có thông tin"},
            {"channel": "post", "time": "Không có thông tin", "fee": None, "note": "Không có thông tin"},
        ],
        "documents": [
            {"group": "* Hồ sơ gồm:", "name": "Tờ khai (Mẫu CT01).1.MuCT01banhnh.doc", "originals": 1, "copies": 0,
             "replaced_by_data": False},
            {"group": "--", "name": "Giấy tờ chứng minh chỗ ở", "originals": 0, "copies": 2, "replaced_by_data": True},
        ],
        "results": [{"name": "Giấy phép", "code": "KQ.G12.000001"}],
        "legal": ["68/2020/QH14", "154/2024/NĐ-CP"],
        "steps": "Bước 1: Chuẩn bị hồ sơ. Bước 2: Nộp hồ sơ. - Đủ thì nhận. - Thiếu thì bổ sung.",
        "conditions": "Không có thông tin",
        "source": "https://dichvucong.gov.vn/thu-tuc/1",
        "crawled": "2026-06",
        **changes,
    }  # fmt: skip


def write(path: Path, *entries: dict[str, Any] | str) -> Path:
    """A file of JSON lines; a text stands there as it is."""
    lines = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in entries]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def index_of(path: Path, count: int, *, fields: int = 140) -> Path:
    """An index of so many procedures over so many fields of work, a few of them large, as it is in life."""
    pick = random.Random(7)  # noqa: S311  (the same list every time)
    lines = [INDEX_HEADER]
    for number in range(1, count + 1):
        field = int(fields * pick.random() ** 2.2)
        name = f"{pick.choice(VERBS)} {pick.choice(THINGS)} {pick.choice(AREAS)} loại {number}"
        level = pick.choice(("Cấp xã", "Cấp tỉnh", "Cấp bộ", "Cấp bộ, Cấp tỉnh", "Cơ quan khác"))
        lines.append(f"8.{number:06d}\t{name}\tLĩnh vực số {field}\t{level}\t1/QĐ\tCông dân Việt Nam\tbo-tai-chinh\t99")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
