"""The SMS, one template a kind. Each fits one GSM-7 segment whatever is put in: 160 characters, no accents.

A text begins with who writes ("TTHC <unit>:"), holds the dossier's code and nothing about a person: no name of theirs,
no reason, no result, no link (state agencies do not send links; people are told so). In Viet Nam sender and templates
are registered with the networks before use: changing a word here is a request to the gateway's operator too.
"""

from dataclasses import dataclass
from typing import Any

from notifications.segments import ONE, plain, size_of

LIMIT = ONE["gsm7"]
BRAND = "TTHC"
UNIT_FLOOR = 24  # a tail may shorten the unit's name to this, never further
LONGEST = {"helper": 26, "phone": 20}  # characters of values that may be cut


@dataclass(frozen=True)
class Template:
    """`core` always stands; each of `tails` while there is room for it, in order; `last` is a line of its own."""

    core: str
    tails: tuple[str, ...] = ()
    last: str = ""


_LOOKUP = " Ma tra cuu {lookup}."
_NEVER = " Khong dua ma cho bat ky ai, ke ca can bo."

TEMPLATES: dict[str, Template] = {
    "code_login": Template("Ma dang nhap {otp}, het han sau {minutes} phut.", (_NEVER,), "@{host} #{otp}"),
    "code_register": Template("Ma dang ky {otp}, het han sau {minutes} phut.", (_NEVER,), "@{host} #{otp}"),
    "code_fresh": Template("Ma {otp} de xac nhan chinh Ong/Ba dang thao tac, het han sau {minutes} phut.", (_NEVER,)),
    "code_join": Template("Ma {otp} de gop hai tai khoan cua Ong/Ba lam mot, het han sau {minutes} phut.", (_NEVER,)),
    # This code is read out to the helper, so "to nobody" would be a lie. A visit is for whatever the person wants done,
    # so it says what is agreed to, with whom, and for how long.
    "code_consent": Template(
        "Ma {otp}: Ong/Ba dong y de {helper} lam va nop ho so giup trong {visit} phut.",
        (" Chi doc ma khi can bo ngoi canh.", " Het han sau {minutes} phut."),
    ),
    # Read out to the officer who binds this phone; two of them do it.
    "code_recovery": Template(
        "Ma {otp}: doc cho can bo tai quay de gan so nay voi Ong/Ba.", (" Het han sau {minutes} phut.",)
    ),
    "code_phone_change": Template("Ma doi so dien thoai {otp}, het han sau {minutes} phut.", (_NEVER,)),
    "code_contact": Template("Ma {otp} de them so nay nhan tin, het han sau {minutes} phut.", (_NEVER,)),
    # No procedure: whoever looks over the shoulder would read it; and it has no code yet.
    "draft_waits": Template(
        "Ho so Ong/Ba dang lam CHUA GUI, co quan chua nhan duoc.",
        (" Moi Ong/Ba mo ung dung, xem lai va bam Gui.", " Can giup: goi {phone}."),
    ),
    "submitted": Template("Ho so {code} da duoc gui.", (_LOOKUP, " Se tra loi trong 8 gio lam viec.")),
    "received": Template("Ho so {code} da duoc tiep nhan.", (" Hen tra ket qua: {due}.", _LOOKUP)),
    "supplement": Template(
        "Ho so {code} can bo sung, cham nhat ngay {deadline}.",
        (_LOOKUP, " Can giup: goi {phone}.", " Hoac den nha van hoa thon."),
    ),
    "due_moved": Template("Ho so {code} doi ngay hen tra: {due}.", (" Vi lich lam viec thay doi.", _LOOKUP)),
    "supplement_moved": Template(
        "Ho so {code} lui han bo sung den het ngay {deadline}.", (" Vi lich lam viec thay doi.", _LOOKUP)
    ),
    "draft_moved": Template(
        "Ho so {code} lui han xem ban nhap den {check}.", (" Vi lich lam viec thay doi.", _LOOKUP)
    ),
    "settled": Template("Ho so {code} da xong.", (" Moi Ong/Ba mo ung dung hoac den Bo phan Mot cua.", _LOOKUP)),
    "handed_over": Template(
        "Ho so {code} da tra ket qua.",
        (" Khong phai Ong/Ba nhan? Goi {phone}.", " Hai long khong? Danh gia trong ung dung."),
    ),
    "withdrawal_requested": Template(
        "Da nhan yeu cau rut ho so {code}.", (" Khong phai Ong/Ba? Goi {phone}.", _LOOKUP)
    ),
    "withdrawal_answered": Template(
        "Yeu cau rut ho so {code} da co tra loi.", (" Mo ung dung hoac goi {phone} de biet.", _LOOKUP)
    ),
    # The reason stands in the app and on the paper, never in an SMS.
    "declined": Template(
        "Ho so {code} khong duoc tiep nhan.", (" Mo ung dung hoac goi {phone} de biet ly do.", _LOOKUP)
    ),
    "stopped": Template(
        "Ho so {code} da dung giai quyet.", (" Ly do va giay to: hoi Bo phan Mot cua, {phone}.", _LOOKUP)
    ),
    # No amount and no account: whoever asks for money by SMS is not us.
    "payment_required": Template(
        "Ho so {code} can nop phi tai Bo phan Mot cua.", (" Khong chuyen tien theo tin nhan. Hoi: {phone}.", _LOOKUP)
    ),
    "paid": Template("Da ghi nhan tien nop cho ho so {code}.", (" Hen tra ket qua: {due}.", _LOOKUP)),
    "extended": Template(
        "Xin loi Ong/Ba, ho so {code} hen tra lai ngay {due}.", (" Ly do: mo ung dung hoac goi {phone}.", _LOOKUP)
    ),
    "draft_sent": Template(
        "Moi Ong/Ba xem ban nhap ket qua ho so {code}.",
        (" Xem va tra loi truoc {check}, qua han coi nhu dung.", _LOOKUP),
    ),
    "infected": Template(
        "Mot giay to cua ho so {code} co ma doc, khong mo duoc.", (" Giu ban giay, goi {phone} de gui lai.", _LOOKUP)
    ),
    "assisted_done": Template(
        "{helper} da nop giup Ong/Ba ho so {code}.", (" Khong dung? Goi {phone}.", _LOOKUP)
    ),
    "new_device": Template(
        "Vua dang nhap tren may moi {until}. Khong phai Ong/Ba? Vao trang dang nhap, chon Khong phai toi,"
        " go ma {stop}.",
        (" Hoac goi {phone}.",),
    ),
    "phone_changed": Template(
        "So dien thoai dang nhap vua duoc doi. Khong phai Ong/Ba? Vao trang dang nhap, chon Huy doi so, go ma {stop}.",
        (" Hoac goi {phone}.",),
    ),
    "phone_replaced": Template(
        "So dien thoai cua Ong/Ba vua duoc doi tai quay. Khong phai Ong/Ba? Goi ngay {phone}.",
    ),
    "phone_recovered": Template(
        "So nay vua duoc gan voi ten Ong/Ba tai quay. Sau 24 gio mo duoc ket qua tren may.",
        (" Khong phai Ong/Ba? Goi {phone}.",),
    ),
    "phone_change_stopped": Template(
        "Da huy viec doi so dien thoai. Moi may da dang xuat.", (" Can giup: goi {phone}.",)
    ),
    "identity_linked": Template("VNeID vua duoc noi voi tai khoan cua Ong/Ba. Khong phai Ong/Ba? Goi ngay {phone}."),
    "accounts_joined": Template("Hai tai khoan cua Ong/Ba da thanh mot. Khong phai Ong/Ba? Goi ngay {phone}."),
    "helper_ended": Template("{helper} da giup Ong/Ba xong, chua nop ho so nao.", (" Khong dung? Goi {phone}.",)),
    "mandate_granted": Template(
        "{helper} duoc lam ho so giup Ong/Ba den {until}.",
        (" Khong dung? Goi {phone}.", " Hoac nhan HUY gui {inbound}."),
    ),
    # Answers to what somebody texted (`texts_in`). One refusal for all: whoever guesses learns nothing from it.
    "answer_status": Template("Ho so {code} {stage}.", (" Hen tra ket qua: {due}.", " Hoi: {phone}.")),
    "answer_unknown": Template(
        "Chua tra duoc ho so. Xem lai ma tren giay hen. May khac so da dang ky: HS, ma, 4 so cuoi CCCD hoac nam sinh.",
        (" Hoi: {phone}.",),
    ),
    "answer_wait": Template("Da thu nhieu lan. Moi Ong/Ba nhan lai sau 5 phut.", (" Hoac goi {phone}.",)),
    "answer_help": Template(
        "Tra ho so: HS va ma tra cuu, vi du HS 7K492M. Khong cho ai lam giup nua: HUY.",
        (" Mat ma: HS.", " Hoi: {phone}."),
    ),
    "answer_stopped": Template(
        "Da dung. Nguoi lam giup khong lam duoc gi thay Ong/Ba nua.", (" Khong dung? Goi {phone}.",)
    ),
    "answer_nobody": Template("Luc nay khong ai dang lam giup ho so cho so nay.", (" Can giup: goi {phone}.",)),
}


def sms(kind: str, unit: str, **values: Any) -> str:
    """The text of a kind, from this unit. Shortens the unit's name and drops tails; never a code or a day."""
    template = TEMPLATES[kind]
    ready = {key: _short(key, plain(str(value))) for key, value in values.items() if value}
    unit = plain(unit)
    body = template.core.format(**ready)
    last = _filled(template.last, ready)
    last = f"\n{last}" if last else ""
    reserve = len(f"{BRAND} {unit[:UNIT_FLOOR]}: ")
    for tail in template.tails:
        words = _filled(tail, ready)
        if reserve + len(body) + len(words) <= LIMIT:
            body += words
    if reserve + len(body) + len(last) > LIMIT:
        last = ""
    return _brand(unit, LIMIT - len(body) - len(last)) + body + last


def _short(key: str, value: str) -> str:
    return value[: LONGEST[key]].rstrip() if key in LONGEST else value


def _filled(template: str, ready: dict[str, str]) -> str:
    """A tail with all its values, or nothing: half a sentence helps nobody."""
    try:
        return template.format(**ready)
    except KeyError:
        return ""


def _brand(unit: str, room: int) -> str:
    """"TTHC UBND Hoang Loc: ", its name cut at a word where it must be."""
    space = room - len(f"{BRAND} : ")
    if len(unit) > space:
        cut = unit[: max(0, space)]
        unit = cut.rpartition(" ")[0] if " " in cut and unit[len(cut) : len(cut) + 1] != " " else cut
    unit = unit.strip(" -,")
    return f"{BRAND} {unit}: " if unit else f"{BRAND}: "


def fits(text: str) -> bool:
    """One segment, no accents."""
    size = size_of(text)
    return size.encoding == "gsm7" and size.parts == 1
