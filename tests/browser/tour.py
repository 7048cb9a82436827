"""One installation with something in every state, and people to look at it as: for the tests that visit every page.

Its people are nobody's of the stories, so that a tour and a story on one site do not meet.
"""

import io
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

import wsgi
from assisted import cards
from assisted import sessions as assisted_sessions
from notifications.models import FAILED, NO_PHONE, SMS, Message
from tests import people as who
from tests.browser.tour_catalogue import import_some, look_after
from tests.browser.tour_decisions import decisions, rate
from tests.browser.tour_once import ONCE, TWIN_ID, be_logged_out_while_typing, couple_and_twin, visit
from tests.browser.tour_time import long_ago
from tests.conftest import test_settings
from tests.factories import dossiers as factory
from tests.filling import answer_all, begin, birth_answers, send_photos, submit
from tests.pages import post_form
from webapp.accounts import devices, holds, mandates, ownership, people, recovery, staff, staff_admin
from webapp.accounts.demo import DAO, HOME, STAFF_PASSWORD
from webapp.accounts.device_models import KnownDevice
from webapp.accounts.models import Account, LoginSession
from webapp.core import clock
from webapp.core.actor import SYSTEM, Actor, Assurance, Channel, Role
from webapp.core.files import store_file
from webapp.core.ids import new_public_id
from webapp.core.throttle import RateWindow
from webapp.dossiers.hand_over import hand_over
from webapp.dossiers.models import Dossier
from webapp.dossiers.process import start_processing
from webapp.dossiers.receive import receive_dossier
from webapp.dossiers.settle import settle_dossier
from webapp.dossiers.supplement import request_supplement
from webapp.dossiers.withdraw import answer_withdrawal, withdraw_dossier
from webapp.kiosk.set_up import set_up_kiosk
from webapp.offices.models import Office
from webapp.shell.errors import error_page
from webapp.shell.services import Services
from webapp.vault import demo as vault_demo
from webapp.vault.carry import MARRIAGE, carried
from webapp.vault.models import VaultItem
from webapp.vault.records import keep_result

if TYPE_CHECKING:
    from tests.browser.conftest import Site

LAN, LAN_ID, LAN_PHONE = "Trần Thị Lan", "038196007777", "+84912000077"
EMPTY, EMPTY_ID, EMPTY_PHONE = "Lê Văn Bình", "038090008888", "+84912000088"
HELD, HELD_ID, HELD_PHONE = "Hà Thị Vân", "038188005555", "+84912000055"
SON, SON_ID, CARD, PIN = "Vi Văn Sơn", "038051009999", "4KM-7W3", "2468"
CITIZENS = {"lan": LAN_ID, "empty": EMPTY_ID, "held": HELD_ID, "twin": TWIN_ID, "kept": LAN_ID}
HALL = "hall"  # nobody: the screen that everybody uses
STAFF = {
    "tour-officer": ("Lê Thị Mai", Role.RECEPTION),
    "tour-case": ("Trần Quốc Việt", Role.CASE),
    "tour-desk": ("Cao Thị Hiền", Role.RECEPTION),
    "tour-helper": ("Lò Văn Pha", Role.HELPER),
    "tour-helping": ("Lò Văn Pha", Role.HELPER),
    "tour-manager": ("Phạm Hồng Sơn", Role.MANAGER),
    "tour-admin": ("Hoàng Thị Sâm", Role.ADMIN),
    "tour-lost": ("Lê Thị Quên", Role.CASE),
}
ASKED = [
    {
        "kind": "document",
        "key": "birth_proof",
        "fault": "blurred",
        "words": "Ảnh mờ phần số seri. Chụp lại rõ bốn góc.",
    },
    {"kind": "field", "key": "child_birthplace", "fault": "wrong", "words": "Ghi tên bệnh viện như giấy chứng sinh."},
]


def paper_photo(title: str) -> io.BytesIO:
    """Something that looks like a sheet photographed on a table."""
    fonts = files("fontpkg_be_vietnam_pro") / "files"
    names = sorted(f.name for f in fonts.iterdir() if f.name.endswith("Regular.ttf"))
    big, small = (ImageFont.truetype(str(fonts / names[0]), size) for size in (30, 20))
    picture = Image.new("RGB", (720, 960), (92, 74, 58))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((40, 50, 680, 920), fill=(244, 240, 228), outline=(200, 190, 170), width=3)
    draw.text((90, 110), title, font=big, fill=(40, 40, 70))
    for number in range(14):
        draw.text((90, 190 + 46 * number), "……" * 12, font=small, fill=(90, 90, 110))
    draw.ellipse((470, 720, 620, 870), outline=(180, 40, 40), width=6)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    out.seek(0)
    return out


class Tour:
    """The people and dossiers of a site, and log-ins for them."""

    def __init__(self, site: "Site") -> None:
        self.site = site
        settings = test_settings(site.folder, database_url=site.database_url, base_url=site.url)
        self.app: Flask = wsgi.create_app(settings)
        self.services: Services = self.app.extensions["motcua"]
        self.ids: dict[str, str] = {}
        self.facts: dict[str, str] = {}
        with self.services.database.transaction() as session:
            self._people(session)
        self._drafts()
        with self.services.database.transaction() as session:
            self._sent(session)
        with self.services.database.transaction() as session:
            self._phones_and_staff(session)
            self._undelivered(session)
        import_some(self.services.database)
        with self.services.database.transaction() as session:
            look_after(session, self.actor(session, "tour-admin"))

    def path(self, pattern: str) -> str:
        """`{name}` stands for a dossier or a fact of this tour, or for something good once."""
        once = {name: make(self) for name, make in ONCE.items() if f"{{{name}}}" in pattern}
        return pattern.format(**self.ids, **self.facts, **once)

    def broken(self, status: int, lang: str) -> str:
        """The page that says so; on a site that lives it cannot be asked for."""
        with self.app.test_request_context("/", headers={"Cookie": f"lang={lang}"}):
            body, _status = error_page(status)
            return str(body)

    # ------------------------------------------------------------------------------------------ who

    def _people(self, session: Session) -> None:
        office = session.scalars(select(Office).where(Office.code == HOME)).one()
        for username, (name, role) in STAFF.items():
            staff.create_staff(
                session, username=username, name=name, roles=[role], password=STAFF_PASSWORD,
                office_id=None if role is Role.ADMIN else office.id,
            )  # fmt: skip
        lan = people.create_person(
            session, full_name=LAN, citizen_id=LAN_ID, birth_date="1996-08-21", profile=DAO, assurance=Assurance.PHONE
        )
        empty = people.create_person(session, full_name=EMPTY, citizen_id=EMPTY_ID, birth_date="1990-02-11")
        held = people.create_person(session, full_name=HELD, citizen_id=HELD_ID, birth_date="1988-03-09")
        for person, phone in ((lan, LAN_PHONE), (empty, EMPTY_PHONE), (held, HELD_PHONE)):
            account = people.open_account(session, person)
            people.add_phone(session, person, phone, verified_at=clock.now())
            now = clock.now()  # logged in on some phone before, so that the tour's browsers are new to them
            session.add(
                KnownDevice(
                    account_id=account.id,
                    token_digest=new_public_id(),
                    name="Chrome · Android",
                    created_at=now,
                    seen_at=now,
                )
            )
        manager, now = who.staff(session, "tour-manager"), clock.now()
        device = KnownDevice(
            account_id=manager.id, token_digest=new_public_id(), name="Chrome · Windows", created_at=now, seen_at=now
        )
        session.add(device)
        session.flush()
        devices.new_alarm_code(session, device)  # a log-in that the manager has not said anything about
        couple_and_twin(session)
        son = people.create_person(
            session, full_name=SON, citizen_id=SON_ID, birth_date="1951", profile={**DAO, "sex": "nam"}
        )
        cards.issue_card(session, son, PIN, by=SYSTEM, number=CARD)
        answers = {**vault_demo.ANSWERS, "wife_name": LAN, "wife_id_no": LAN_ID, "wife_dob": "1996-08-21"}
        keep_result(
            session,
            person_id=lan.id,
            result_code=MARRIAGE,
            title_vi="Giấy chứng nhận kết hôn",
            title_en="Marriage certificate",
            number="15/2024",
            issuer="UBND xã Hoằng Lộc",
            issued_on=vault_demo.ISSUED,
            valid_until=None,
            file=store_file(session, self.services.storage, vault_demo.demo_paper(), "giay-chung-nhan-ket-hon.pdf"),
            source_dossier=None,
            source_code="H56.38.12-240311-0009",
            data=carried(MARRIAGE, answers),
        )

    def _account(self, session: Session, name: str) -> Account:
        if name in STAFF:
            return who.staff(session, name)
        person = who.person(session, CITIZENS[name])
        account = people.account_of(session, person.id)
        assert account is not None
        return account

    def client(self, name: str) -> FlaskClient:
        """A browser without a screen, logged in; for the helper who helps, in a fresh session with Sơn."""
        client = self.app.test_client()
        with self.services.database.session(write=False) as session:
            account = self._account(session, name)
        who.log_in(client, self.services, account)
        if name == "tour-helping":
            self._help(client, account)
        if name == "kept":
            be_logged_out_while_typing(self, client, account)
        return client

    def cookie(self, name: str) -> dict[str, Any]:
        """The log-in for a real browser; or what makes it a screen in the hall."""
        if name == HALL:
            return {"name": "kiosk", "value": self.facts["kiosk"], "url": self.site.url}
        found = self.client(name).get_cookie("motcua", domain=self.site.url.split("/")[2].split(":")[0])
        assert found is not None
        return {"name": "motcua", "value": found.value, "url": self.site.url}

    def _help(self, client: FlaskClient, account: Account) -> None:
        with self.services.database.transaction() as session:
            actor = self.actor(session, account.username or "")
            row = assisted_sessions.open_session(session, account.id)
            if row is not None:
                assisted_sessions.close(session, row.id, "ended", by=actor)
            login = session.scalars(
                select(LoginSession.id).where(LoginSession.account_id == account.id).order_by(LoginSession.id.desc())
            ).first()
            assert login is not None
            mandate = mandates.grant_mandate(
                session,
                person_id=who.person(session, SON_ID).id,
                helper=actor,
                evidence_kind=mandates.CARD_PIN,
                evidence_id=new_public_id(),
                text_version="consent-2026-11",
            )
            assisted_sessions.begin(session, mandate, by=actor, login_id=login)
        with client.session_transaction() as browser:
            browser["assisted_seen"] = int(clock.now().timestamp())

    def actor(self, session: Session, username: str) -> Actor:
        account = who.staff(session, username)
        role = Role(account.roles[0])
        return Actor(
            role=role,
            roles=frozenset({role}),
            channel=Channel.COUNTER,
            account_id=account.id,
            account_public=account.public_id,
            office_id=account.office_id,
            name=account.display_name or "",
        )

    # ----------------------------------------------------------------------------------------- what

    def _drafts(self) -> None:
        """Through the pages, as Lan would."""
        client = self.client("lan")
        child = {"child_birthplace": "Bệnh viện Phụ sản Thanh Hóa"}
        answers = {**birth_answers(), **child, "applicant_name": LAN, "mother_name": LAN}
        answers |= {"applicant_id_no": LAN_ID, "mother_id_no": LAN_ID, "mother_dob": "21/08/1996"}
        for name in ("draft_new", "draft_half", "draft_full", "submitted", "marked"):
            url = begin(client)
            self.ids[name] = url.rpartition("/")[2]
            if name == "draft_new":
                continue
            answer_all(client, url, answers)
            if name == "draft_half":
                continue
            photos = (paper_photo("GIẤY CHỨNG SINH"), paper_photo("GIẤY CHỨNG SINH (mặt sau)"))
            assert send_photos(client, url, "birth_proof", *photos).status_code == 303
            record = re.search(r'name="record" value="([^"]+)"', client.get(f"{url}/documents/marriage_info").text)
            assert record is not None
            assert post_form(client, f"{url}/documents/marriage_info", {"record": record[1]}).status_code == 303
            if name != "draft_full":
                assert submit(client, url).status_code == 303
        for name, code in (("tabled", "1.004222"), ("plain", "2.000635")):
            self.ids[name] = begin(client, code).rpartition("/")[2]

    def _sent(self, session: Session) -> None:
        """By the verbs, as the office would."""
        office, case = self.actor(session, "tour-officer"), self.actor(session, "tour-case")
        lan = who.person(session, LAN_ID)
        row = session.scalars(select(Dossier).where(Dossier.public_id == self.ids["submitted"])).one()
        self.facts.update(code=row.code or "", lookup=row.lookup_code or "", token=row.qr_token or "")
        names = ("received", "processing", "asked", "withdrawal", "stopped", "granted", "refused", "handed_over")
        rows = {}
        for number, name in enumerate(names):
            given = {"child_name": f"Lê {('Gia', 'Minh', 'Thu', 'Bảo')[number % 4]} {('Hân', 'Khôi')[number % 2]}"}
            rows[name] = row = factory.sent(session, self.services.storage, lan, answers=given)
            self.ids[name] = row.public_id
            receive_dossier(session, row, by=office, version=row.version)
        for name in names[1:]:
            start_processing(session, rows[name], by=case, version=rows[name].version)
        row = rows["asked"]
        request_supplement(session, row, by=case, version=row.version, items=ASKED)
        for name in ("withdrawal", "stopped"):
            withdraw_dossier(session, rows[name], by=who.as_citizen(session, lan), reason="Tôi khai nhầm nơi sinh.")
        row = rows["stopped"]
        answer_withdrawal(session, row, by=office, version=row.version, accept=True)
        for name in ("granted", "handed_over"):
            self._settle(session, rows[name], case, "granted")
        self._settle(session, rows["refused"], case, "refused")
        self.facts["lookup_over"] = row.lookup_code or ""
        row = rows["handed_over"]
        hand_over(session, row, by=office, version=row.version, to_whom=LAN)
        rate(session, rows, who.as_citizen(session, lan))
        head = self.actor(session, "tour-manager")
        self.ids |= decisions(session, self.services.storage, lan, office, case, head)
        self.facts |= long_ago(session, self.services.storage, lan, office, self.ids["extended"])
        self.facts["record"] = session.scalars(
            select(VaultItem.public_id).where(VaultItem.person_id == lan.id).order_by(VaultItem.id)
        ).first() or ""  # fmt: skip

    def _settle(self, session: Session, row: Dossier, by: Actor, decision: str) -> None:
        granted = decision == "granted"
        settle_dossier(
            session,
            self.services.storage,
            row,
            by=by,
            version=row.version,
            decision=decision,
            number="128/2026" if granted else "",
            file=(vault_demo.demo_paper(), "giay-khai-sinh.pdf") if granted else None,
            no_draft="counter",
            reason="" if granted else "Trẻ đã được đăng ký khai sinh ở xã khác ngày 02/10/2026.",
        )

    def _phones_and_staff(self, session: Session) -> None:
        """A hold, new phones asked for at the counter, and a link for somebody new."""
        officer, admin = self.actor(session, "tour-officer"), self.actor(session, "tour-admin")
        lan = who.person(session, LAN_ID)
        self.facts["phone"] = people.phones_of(session, lan.id)[0].public_id
        holds.put(self._account(session, "held"), holds.CLAIMED, clock.now() + holds.TERM)
        for name, number, phone, state in (
            ("recovery", EMPTY_ID, "+84987000011", recovery.WAITING),
            ("recovery_code", SON_ID, "+84987000012", recovery.PROVING),
        ):
            born = who.person(session, number).birth_date or ""
            row = recovery.open_recovery(
                session, citizen_id=number, birth_date=born, reason="lost", number=phone, owner="mine", by=officer
            )
            row.state, row.proved_at = state, clock.now()
            self.facts[name] = row.public_id
        self.facts["kiosk"] = set_up_kiosk(session, by=officer, name="Sảnh tầng một")
        for cause in ("other_owner", "other_owner", "old_id", "recycled"):
            ownership.count(session, cause, ownership.ASKED)
        self.facts["visit"] = visit(session, lan.id, self.actor(session, "tour-helper"))
        self.facts["member"] = who.staff(session, "tour-lost").public_id
        office = session.scalars(select(Office).where(Office.code == HOME)).one()
        new, token = staff_admin.create(
            session, username="tour-new", name="Lương Thị Mây", roles=[Role.RECEPTION], office=office, by=admin
        )
        self.facts.update(newcomer=new.public_id, enrol=token)

    def _undelivered(self, session: Session) -> None:
        """A text that the network did not pass on, and one for somebody without a phone."""
        office = session.scalars(select(Office).where(Office.code == HOME)).one()
        for number, state in ((LAN_ID, FAILED), (EMPTY_ID, NO_PHONE)):
            text = Message(
                dedupe_key=f"tour {state}:{SMS}", person_id=who.person(session, number).id, kind="received",
                channel=SMS, state=state, why="30003", office_id=office.id, created_at=clock.now(),
            )  # fmt: skip
            text.to, text.body = "+84912000077" if state == FAILED else None, {"text": "…"}
            session.add(text)

    def forget_tries(self) -> None:
        """Everybody here comes from one address; none of them came a moment ago."""
        with self.services.database.transaction() as session:
            session.execute(delete(RateWindow))

    def close(self) -> None:
        self.services.database.dispose()
