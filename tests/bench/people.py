"""Who asks for what: citizens with drafts, an officer, somebody with a QR; logged in without the log-in pages."""

import http.client
import io
import itertools
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import people as who
from tests.bench import load, servers
from tests.factories import dossiers as make
from webapp.accounts import codes, entry, limits, people, sessions
from webapp.accounts.models import Account, LoginSession, Person
from webapp.catalogue import queries as catalogue
from webapp.catalogue.formspec import papers
from webapp.core import clock, crypto
from webapp.core.actor import Assurance
from webapp.core.ids import new_secret
from webapp.dossiers.documents import add_photos
from webapp.dossiers.models import Dossier
from webapp.dossiers.states import State

if TYPE_CHECKING:
    from tests.bench.stands import Stand

PROCEDURE = "1.001193"
BOUNDARY = "----motcua"
URLENCODED = "application/x-www-form-urlencoded"
CODE = "246810"
# wrk takes no cookie: one that is due to be renewed would be renewed with each answer, and no such page is kept.
RENEWED = timedelta(minutes=10)
# A page that is asked again comes from memory (`shell/page_cache.py`), but never one whose address has a query.
ANEW = "anew"
# A submit and a log-in can be done once with the same draft or code: so many are made for each second of measuring.
DRAFTS_A_SECOND, CODES_A_SECOND = 120, 150


@cache
def photo(size: int) -> bytes:
    """A JPEG of about `size` bytes, as a phone that shrinks its photos sends it."""
    noise = Image.effect_noise((1600, 1200), 22).convert("RGB")
    low, high = 20, 95
    while low < high:
        quality, out = (low + high) // 2, io.BytesIO()
        noise.save(out, "JPEG", quality=quality)
        low, high = (quality + 1, high) if out.tell() < size else (low, quality)
    return out.getvalue()


@dataclass(frozen=True)
class Browser:
    """Somebody's cookie, and the form token that belongs to it."""

    cookie: str
    token: str


def browser(app: Flask, session: Session, account: Account | None = None, **more: object) -> Browser:
    """A browser, logged in if an account is given."""
    raw, now = secrets.token_hex(20), clock.now()
    kept: dict[str, object] = {"csrf_token": raw, **more}
    if account is not None:
        key = new_secret()
        session.add(
            LoginSession(
                token_digest=sessions.digest(key),
                account_id=account.id,
                assurance=Assurance.PHONE.value,
                device="bench",
                created_at=now,
                expires_at=now + limits.SESSIONS[sessions.kind_of(account.kind, account.roles)][1],
            )  # fmt: skip
        )
        kept |= {sessions.TOKEN: key, "seen": int((now + RENEWED).timestamp())}
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    token = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token").dumps(raw)
    return Browser(f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(kept)}", token)


@dataclass(frozen=True)
class Draft:
    """A draft that lacks nothing but what will be measured."""

    by: Browser
    path: str
    papers: tuple[str, ...]


def drafts(stand: "Stand", count: int, *, photographed: bool) -> list[Draft]:
    """Answered drafts of as many people; with two stored photos of 200 KB each, or still without."""
    made = []
    numbers = itertools.count(secrets.randbelow(10**11) * 10)
    with stand.app.app_context():
        for batch in range(0, count, 50):
            with stand.services.database.transaction() as session:
                for _ in range(min(50, count - batch)):
                    made.append(_draft(stand, session, next(numbers), photographed=photographed))
    return made


def _draft(stand: "Stand", session: Session, number: int, *, photographed: bool) -> Draft:
    person = people.create_person(session, full_name=f"Người Đo {number}", citizen_id=f"{number % 10**12:012d}")
    people.add_phone(session, person, f"+849{number % 10**8:08d}", verified_at=clock.now())
    by = browser(stand.app, session, people.open_account(session, person))
    return draft_of(stand, session, person, by, photographed=photographed)


def draft_of(stand: "Stand", session: Session, person: Person, by: Browser, *, photographed: bool) -> Draft:
    """One more draft of a person who has this browser.

    To another office than the one whose pages are asked: with `--keep` its worklist must not grow from run to run.
    """
    actor = who.as_citizen(session, person)
    dossier = make.drafted(session, actor, procedure=PROCEDURE, office=make.NEXT_DOOR)
    spec = catalogue.spec_by_revision(session, dossier.revision_id)
    wanted = papers(spec, dossier.answers["values"])[:2]
    for paper in wanted if photographed else ():
        add_photos(session, stand.services.storage, dossier, paper, [(photo(200_000), "giay.jpg")])
    return Draft(by, f"/dossiers/{dossier.public_id}", tuple(paper.key for paper in wanted))


def _sent(connection: http.client.HTTPConnection, path: str, body: bytes, kind: str, by: Browser) -> tuple[int, str]:
    connection.request("POST", path, body, {"Content-Type": kind, "Cookie": by.cookie, "Connection": "keep-alive"})
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.getheader("Location") or ""


def try_upload(connection: http.client.HTTPConnection, draft: Draft, key: str, data: bytes) -> tuple[int, str]:
    """Photograph one paper of a draft: the status of the answer, and where it leads."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{draft.by.token}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photos"; filename="giay.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    body = head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return _sent(connection, f"{draft.path}/documents/{key}", body, kind, draft.by)


def upload(connection: http.client.HTTPConnection, draft: Draft, key: str, data: bytes) -> None:
    status, there = try_upload(connection, draft, key, data)
    if status != 303:
        raise load.Refused(f"the upload answered {status} {there}")


def try_submit(connection: http.client.HTTPConnection, draft: Draft, key: str) -> tuple[int, str]:
    """Send a draft under this key: the status of the answer, and where it leads."""
    fields = {"csrf_token": draft.by.token, "pledge": "yes", "consent": "yes", "key": key}
    return _sent(connection, f"{draft.path}/submit", urlencode(fields).encode(), URLENCODED, draft.by)


def submit(connection: http.client.HTTPConnection, draft: Draft) -> None:
    status, there = try_submit(connection, draft, secrets.token_hex(11))
    if status != 303 or not there.endswith("/receipt"):
        raise load.Refused(f"the submit answered {status} {there}")


def codes_to_type(stand: "Stand", count: int) -> list[Browser]:
    """Browsers in front of the page that asks for the code, which is CODE for all."""
    made = []
    with stand.app.app_context():
        for batch in range(0, count, 50):
            with stand.services.database.transaction() as session:
                for _ in range(min(50, count - batch)):
                    made.append(_waiting(stand, session))
    return made


def _waiting(stand: "Stand", session: Session) -> Browser:
    phone = f"+849{secrets.randbelow(10**8):08d}"
    number = f"{secrets.randbelow(10**12):012d}"
    person = people.create_person(session, full_name="Người Đo", citizen_id=number)
    people.open_account(session, person)
    people.add_phone(session, person, phone, owner="mine", verified_at=clock.now())
    challenge = codes.request_code(session, phone, codes.LOGIN)
    challenge.code_digest = crypto.blind("code", "\0".join((challenge.public_id, codes.LOGIN, phone, CODE)))
    return browser(stand.app, session, **{entry.KEY: asdict(entry.Entry(challenge.public_id))})


def log_in(connection: http.client.HTTPConnection, by: Browser) -> None:
    fields = urlencode({"csrf_token": by.token, "code": CODE}).encode()
    status, _there = _sent(connection, "/login/code", fields, URLENCODED, by)
    if status != 303:
        raise load.Refused(f"the log-in answered {status}")


F, W, P, FILE = "F: page of 10 KB", "W: SQLite driver", "P: one statement, 8 threads", "300 KB hashed and durable"


def targets(stand: "Stand", served: servers.Running, only: str = "") -> list[load.Target]:
    """Everything that is asked of one server; by new browsers, since a log-in ends when it rests."""
    return [target for target in (*pages(stand, served), *deeds(stand, served)) if only in target.name]


def pages(stand: "Stand", served: servers.Running) -> list[load.Target]:
    """What is read, again and again. The dossier is the newest that is worked on at the busy office."""
    with stand.app.app_context(), stand.services.database.transaction() as session:
        desk = who.staff(session, "officer")
        newest = select(Dossier).where(Dossier.office_id == desk.office_id, Dossier.state == State.PROCESSING.value)
        sent = session.scalars(newest.order_by(Dossier.id.desc()).limit(1)).one()
        person = session.get_one(Person, sent.person_id)
        citizen = browser(stand.app, session, people.account_of(session, person.id))
        officer, nobody = browser(stand.app, session, desk), browser(stand.app, session)
        qr, proof = f"/q/{sent.qr_token}", (person.citizen_id or "")[-4:]
    asked = urlencode({"csrf_token": nobody.token, "code": sent.lookup_code, "proof": proof})
    code = sent.code or ""

    def get(name: str, path: str, word: str, by: Browser | None = None, headers: dict[str, str] | None = None,
            **more: Any) -> load.Target:  # fmt: skip
        cookie = {"Cookie": by.cookie} if by else {}
        return load.Target(
            f"{name} {stand.kind}", served.port, path, cookie | (headers or {}), base=F,
            roots=(served.master, *stand.processes), word=word, **more,
        )  # fmt: skip

    return [
        get("home", "/", "Một Cửa"),
        get("procedure", f"/procedures/{PROCEDURE}", PROCEDURE),
        get("board", "/board", "/board/H56"),
        get("board of an office", f"/board/{make.HOME}", "Hoằng Lộc"),
        get("board of an office, made anew", f"/board/{make.HOME}?{ANEW}", "Hoằng Lộc"),
        get("log-in page", "/login", 'name="phone"'),
        get("lookup page", "/lookup", 'name="proof"'),
        get("lookup by code", "/lookup", code, nobody, body=asked),
        get("tracking by QR", qr, "Đang giải quyết"),
        get("tracking by QR, 304", qr, "", headers={"If-None-Match": etag(served.port, qr)}, status=304),
        get("tracking by QR, made anew", f"{qr}?{ANEW}", "Đang giải quyết"),
        get("tracking, logged in", f"/dossiers/{sent.public_id}", code, citizen),
        get("my dossiers", "/dossiers", code, citizen),
        get("worklist of 50", "/counter/worklist", 'href="/counter/dossiers/', officer, times=50),
        get("worklist of 50, made anew", f"/counter/worklist?{ANEW}", 'href="/counter/dossiers/', officer, times=50),
        get("dossier at the counter", f"/counter/dossiers/{sent.public_id}", code, officer),
        get("dossier at the counter, made anew", f"/counter/dossiers/{sent.public_id}?{ANEW}", code, officer),
    ]


def deeds(stand: "Stand", served: servers.Running) -> list[load.Target]:
    """What changes something, each time with a draft or a code of its own."""
    raw = W if stand.kind == "sqlite" else P
    document, roots = photo(300_000), (served.master, *stand.processes)

    def whole(link: http.client.HTTPConnection, draft: Draft) -> None:
        for key in draft.papers:
            upload(link, draft, key, photo(200_000))
        submit(link, draft)

    def one_photo(link: http.client.HTTPConnection, draft: Draft) -> None:
        upload(link, draft, draft.papers[0], document)

    def drafted(rate: float, photographed: bool = False) -> Callable[[float], list[Any]]:
        return lambda seconds: drafts(stand, int(seconds * rate), photographed=photographed)

    def coded(seconds: float) -> list[Any]:
        return codes_to_type(stand, int(seconds * CODES_A_SECOND))

    kinds: list[tuple[str, str, Callable[..., None], Callable[[float], list[Any]]]] = [
        ("log in with a code", F, log_in, coded),
        ("submit", raw, submit, drafted(DRAFTS_A_SECOND, photographed=True)),
        ("two photos of 200 KB and submit", raw, whole, drafted(DRAFTS_A_SECOND / 2)),
        ("one photo of 300 KB", FILE, one_photo, drafted(DRAFTS_A_SECOND / 2)),
    ]

    def acts(name: str, base: str, work: Callable[..., None], made: Callable[[float], list[Any]]) -> load.Target:
        def steps(seconds: float) -> load.Measure:
            # Made anew for each round, before its time begins: a code lives for five minutes only.
            return load.crowd(work, served.port, roots, made(seconds), seconds)

        return load.Target(name, served.port, base=base, roots=roots, steps=steps)

    return [acts(f"{name} {stand.kind}", *rest) for name, *rest in kinds]


def etag(port: int, path: str) -> str:
    """What the page calls itself, for whoever comes back to it; empty if it has no name."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.getheader("ETag") or '"none"'
