"""Every page a person can meet, by who meets it: one list for all tests that visit pages, and for the gallery.

A path may name a dossier of the tour, as {submitted}. Pages that only answer a form are reached as people reach
them: by filling it in (`act`).
"""

from tests.browser.screen_acts import (
    ANYBODY,
    Screen,
    agree_wrongly,
    approve_own,
    ask_nothing,
    be_known_by_phone,
    cancel_vneid,
    change_phone,
    come_in_on_a_new_device,
    decide_nothing,
    emptied,
    end_session,
    find_by_name,
    find_person,
    first_paper,
    give_phone,
    old_version,
    photo_without_code,
    press,
    register_code,
    register_phone,
    reset_staff,
    search,
    send_nothing,
    send_supplement,
    typed,
)
from tests.browser.screens_of_once import ONCE
from tests.browser.screens_of_the_catalogue import CATALOGUE
from tests.browser.screens_of_time import TIME

__all__ = ["ANYBODY", "BY_NAME", "SCREENS", "Screen"]

PUBLIC = [
    Screen("home", "/"),
    Screen("procedures", "/procedures"),
    Screen("procedures-found", "/procedures?q=khai+sinh"),
    Screen("procedures-nothing", "/procedures?q=zzzz"),
    Screen("procedures-event", "/procedures?event=birth"),
    Screen("procedure", "/procedures/1.001193"),
    Screen("procedure-land", "/procedures/1.012783"),
    Screen("procedure-information", "/procedures/2.000815"),
    Screen("lookup", "/lookup"),
    Screen("lookup-wrong", "/lookup", act=typed({"code": "7K4-92M", "proof": "0000"}), status=422),
    Screen("lookup-answer", "/lookup?for={lookup}", act=typed({"proof": "7777"})),
    Screen("qr", "/q/{token}"),
    Screen("login", "/login"),
    Screen("login-wrong", "/login", act=press, status=422),
    Screen("login-code", "/login", act=give_phone),
    Screen("register", "/register"),
    Screen("register-wrong", "/register", act=press, status=422),
    Screen("register-code", "/register", act=register_phone),
    Screen("register-person", "/register", act=register_code),
    Screen("register-card-wrong", "/register", act=photo_without_code, status=422),
    Screen("staff-login", "/staff/login"),
    Screen("staff-login-wrong", "/staff/login", act=press, status=422),
    Screen("staff-paper-code", "/staff/login/recovery"),
    Screen("staff-paper-code-wrong", "/staff/login/recovery", act=press, status=422),
    Screen("enrol", "/staff/enrol/{enrol}"),
    Screen("enrol-wrong", "/staff/enrol/{enrol}", act=press, status=422),
    Screen("enrol-gone", "/staff/enrol/no-such-link", status=404),
    Screen("without-phone", "/register/without-phone"),
    Screen("phone-mismatch", "/phone-mismatch"),
    Screen("phone-mismatch-wrong", "/phone-mismatch", act=press, status=422),
    Screen("phone-mismatch-cause", "/phone-mismatch/recycled"),
    Screen("phone-stop", "/phone-stop"),
    Screen("phone-stop-wrong", "/phone-stop", act=press, status=422),
    Screen("vneid", "/login/vneid"),
    Screen("vneid-demo", "/login/vneid", act=press),
    Screen("vneid-cancelled", "/login/vneid", act=cancel_vneid),
    Screen("vneid-stray", "/login/vneid/callback", status=422),
    Screen("vneid-confirm", "/login/vneid", act=be_known_by_phone),
    Screen("help", "/help"),
    Screen("privacy", "/privacy"),
    Screen("accessibility", "/accessibility"),
    Screen("appearance", "/appearance"),
    Screen("offline", "/offline"),
    Screen("not-found", "/nothing-here", status=404),
    Screen("demo-phone", "/demo/phone"),
]
CITIZEN = [
    Screen(name, path, "lan", act, status)
    for name, path, act, status in (
        ("home-citizen", "/", None, 200),
        ("me", "/me", None, 200),
        ("settings", "/me/settings", None, 200),
        ("data", "/me/data", None, 200),
        ("phones", "/me/phones", None, 200),
        ("phone-whose", "/me/phones/{phone}", None, 200),
        ("phone-change", "/me/phones/{phone}/change", None, 200),
        ("phone-change-wrong", "/me/phones/{phone}/change", press, 422),
        ("phone-change-code", "/me/phones/{phone}/change", change_phone, 200),
        ("identity", "/me/identity", None, 200),
        ("identity-other", "/me/identity/other-account", None, 200),
        ("identity-other-wrong", "/me/identity/other-account", press, 422),
        ("phone-contact", "/me/phones/new", None, 200),
        ("records", "/me/records", None, 200),
        ("messages", "/me/messages", None, 200),
        ("helpers", "/me/helpers", None, 200),
        ("dossiers", "/dossiers", None, 200),
        ("start", "/dossiers/new/1.001193", None, 200),
        ("edit-new", "/dossiers/{draft_new}/edit", None, 200),
        ("edit-half", "/dossiers/{draft_half}/edit", None, 200),
        ("edit-full", "/dossiers/{draft_full}/edit", None, 200),
        *((f"question-applicant-{n}", f"/dossiers/{{draft_half}}/sections/applicant?q={n}", None, 200) for n in "123"),
        *((f"question-child-{n}", f"/dossiers/{{draft_new}}/sections/child?q={n}", None, 200) for n in "1234"),
        ("question-mother", "/dossiers/{draft_new}/sections/mother?q=2", None, 200),
        ("question-wrong", "/dossiers/{draft_new}/sections/child?q=1", emptied, 422),
        ("question-address-wrong", "/dossiers/{draft_new}/sections/applicant?q=3", emptied, 422),
        ("question-result", "/dossiers/{draft_new}/sections/result?q=1", None, 200),
        ("question-table", "/dossiers/{tabled}/sections/members", None, 200),
        ("document-empty", "/dossiers/{draft_half}/documents/birth_proof", None, 200),
        ("document-offer", "/dossiers/{draft_half}/documents/marriage_info", None, 200),
        ("document-photos", "/dossiers/{draft_full}/documents/birth_proof", None, 200),
        ("document-reused", "/dossiers/{draft_full}/documents/marriage_info", None, 200),
        ("review", "/dossiers/{draft_full}/review", None, 200),
        ("review-wrong", "/dossiers/{draft_full}/review", send_nothing, 422),
        ("receipt", "/dossiers/{submitted}/receipt", None, 200),
        *(
            (f"track-{state.replace('_', '-')}", f"/dossiers/{{{state}}}", None, 200)
            for state in (
                "submitted", "received", "processing", "asked", "withdrawal", "stopped", "granted", "refused",
                "handed_over",
            )
        ),
        ("looked", "/dossiers/{handed_over}/looked", None, 200),
        ("supplement", "/dossiers/{asked}/supplement", None, 200),
        ("supplement-wrong", "/dossiers/{asked}/supplement", send_supplement, 422),
        ("withdraw", "/dossiers/{submitted}/withdraw", None, 200),
        ("not-yours", "/counter", None, 403),
    )
]  # fmt: skip
NEWCOMER = [
    Screen(f"{name}-empty", path, "empty")
    for name, path in (
        ("me", "/me"),
        ("records", "/me/records"),
        ("messages", "/me/messages"),
        ("helpers", "/me/helpers"),
        ("dossiers", "/dossiers"),
    )
]
HELPER = [
    Screen("assisted", "/assisted", "tour-helper"),
    Screen("find", "/assisted/sessions/new", "tour-helper"),
    Screen("find-wrong", "/assisted/sessions/new", "tour-helper", press, 422),
    Screen("find-several", "/assisted/sessions/new", "tour-helper", find_by_name),
    Screen("consent", "/assisted/sessions/new", "tour-helper", find_person),
    Screen("consent-wrong", "/assisted/sessions/new", "tour-helper", agree_wrongly, 422),
    Screen("newcomer", "/assisted/people/new", "tour-helper"),
    Screen("newcomer-wrong", "/assisted/people/new", "tour-helper", press, 422),
    Screen("session", "/assisted/session", "tour-helping"),
    Screen("session-summary", "/assisted/session/summary", "tour-helping"),
    Screen("card", "/assisted/cards", "tour-helping"),
    Screen("card-new", "/assisted/cards/new", "tour-helping"),
    Screen("home-helping", "/", "tour-helping"),
    Screen("procedure-helping", "/procedures/1.001193", "tour-helping"),
    Screen("start-helping", "/dossiers/new/1.001193", "tour-helping"),
    Screen("dossiers-helping", "/dossiers", "tour-helping"),
    Screen("edit-helping", "/dossiers/new/1.001193", "tour-helping", press),
    Screen("slip", "/assisted/session", "tour-helping", end_session),
]
DESK = [
    Screen("counter", "/counter", "tour-officer"),
    Screen("counter-nothing", "/counter", "tour-officer", search("H56.38.12-000000-0000")),
    Screen("counter-several", "/counter", "tour-officer", search("tran thi lan")),
    Screen("worklist", "/counter/worklist", "tour-officer"),
    Screen("desk-submitted", "/counter/dossiers/{submitted}", "tour-officer"),
    Screen("desk-paper", "/counter/dossiers/{submitted}", "tour-officer", first_paper),
    Screen("desk-received", "/counter/dossiers/{received}", "tour-officer"),
    Screen("desk-asked", "/counter/dossiers/{asked}", "tour-officer"),
    Screen("desk-withdrawal", "/counter/dossiers/{withdrawal}", "tour-officer"),
    Screen("desk-granted", "/counter/dossiers/{granted}", "tour-officer"),
    Screen("desk-processing", "/counter/dossiers/{processing}", "tour-case"),
    Screen("ask", "/counter/dossiers/{received}/request-supplement", "tour-officer"),
    Screen("ask-wrong", "/counter/dossiers/{received}/request-supplement", "tour-officer", ask_nothing, 422),
    Screen("settle", "/counter/dossiers/{processing}/settle", "tour-case"),
    Screen("settle-wrong", "/counter/dossiers/{processing}/settle", "tour-case", decide_nothing, 422),
    Screen("hand-over", "/counter/dossiers/{granted}/hand-over", "tour-officer"),
    Screen("answer-withdrawal", "/counter/dossiers/{withdrawal}/answer-withdrawal", "tour-officer"),
    Screen("desk-card-new", "/counter/cards/new", "tour-officer"),
    Screen("conflict", "/counter/dossiers/{submitted}", "tour-officer", old_version, 409),
    Screen("count-papers-wrong", "/counter/dossiers/{received}/count-papers", "tour-officer",
           typed({"originals_birth_proof": "x"}), 422),
]
PHONES = [
    Screen("held", "/me/data.json", "held", status=403),
    Screen("phones-held", "/me/phones", "held"),
    Screen("recoveries", "/counter/recoveries", "tour-officer"),
    Screen("recovery-new", "/counter/recoveries/new", "tour-officer"),
    Screen("recovery-new-wrong", "/counter/recoveries/new", "tour-officer", press, 422),
    Screen("recovery-code", "/counter/recoveries/{recovery_code}", "tour-officer"),
    Screen("recovery-asked", "/counter/recoveries/{recovery}", "tour-officer"),
    Screen("recovery-second", "/counter/recoveries/{recovery}", "tour-case"),
    Screen("recovery-own", "/counter/recoveries/{recovery}", "tour-officer", approve_own, 403),
]
MANAGE = [
    Screen("manage", "/manage", "tour-manager"),
    Screen("manage-admin", "/manage", "tour-admin"),
    Screen("settings-of-the-installation", "/manage/settings", "tour-admin"),
    Screen("staff", "/manage/staff", "tour-manager"),
    Screen("staff-admin", "/manage/staff?q=tour", "tour-admin"),
    Screen("staff-nobody", "/manage/staff?q=zzzz", "tour-manager"),
    Screen("staff-new", "/manage/staff/new", "tour-admin"),
    Screen("staff-new-wrong", "/manage/staff/new", "tour-manager", press, 422),
    Screen("staff-member", "/manage/staff/{newcomer}", "tour-admin"),
    Screen("staff-change", "/manage/staff/{newcomer}/change", "tour-admin"),
    Screen("staff-link", "/manage/staff/{member}", "tour-manager", reset_staff),
    Screen("phone-mismatches", "/manage/phone-mismatches", "tour-admin"),
    Screen("messages-undelivered", "/manage/messages", "tour-manager"),
    Screen("messages-no-phone", "/manage/messages?show=no-phone", "tour-manager"),
]
DEVICES = [
    Screen("login-device", "/login", act=come_in_on_a_new_device),
    Screen("not-me", "/not-me"),
    Screen("not-me-wrong", "/not-me", act=press, status=422),
    Screen("devices", "/me/devices", "lan"),
    Screen("staff-devices", "/staff/devices", "tour-officer"),
    Screen("staff-devices-new", "/staff/devices", "tour-manager"),
    Screen("again", "/login/again?next=/me", "held"),
    Screen("again-code", "/login/again?next=/me", "held", press),
    Screen("again-staff", "/login/again?next=/counter", "tour-officer"),
    Screen("again-staff-wrong", "/login/again?next=/counter", "tour-officer", press, 422),
]
OFFICE = "/counter/dossiers"
DECISIONS = [
    *(Screen(f"desk-{n.replace('_', '-')}", f"{OFFICE}/{{{n}}}", "tour-manager")
      for n in ("declined", "to_pay", "paid", "halted", "extended", "drafted")),
    *(Screen(verb, f"{OFFICE}/{{{at}}}/{verb}", "tour-manager") for verb, at in (
        ("decline", "submitted"), ("stop", "processing"), ("extend", "processing"), ("require-payment", "processing"),
        ("record-payment", "to_pay"), ("send-draft", "drafted"), ("count-papers", "received"))),
    *(Screen(f"{verb}-wrong", f"{OFFICE}/{{{at}}}/{verb}", "tour-manager", decide_nothing, 422) for verb, at in (
        ("stop", "processing"), ("extend", "processing"), ("require-payment", "processing"),
        ("record-payment", "to_pay"))),
    *(Screen(f"paper-{key}", f"{OFFICE}/{{{at}}}/papers/{key}", "tour-officer") for key, at in (
        ("01", "received"), ("02", "asked"), ("03", "declined"), ("04", "extended"), ("05", "halted"),
        ("06", "granted"))),
    Screen("register-book", "/counter/register", "tour-officer"),
    Screen("register-book-open", "/counter/register", "tour-officer", press),
    Screen("register-book-wrong", "/counter/register", "tour-officer", typed({"start": "x"}), 422),
    *(Screen(f"track-{n.replace('_', '-')}", f"/dossiers/{{{n}}}", "lan")
      for n in ("declined", "to_pay", "paid", "halted", "extended", "drafted")),
    Screen("pay", "/dossiers/{to_pay}/pay", "lan"),
    Screen("pay-done", "/dossiers/{paid}/pay", "lan"),
    Screen("draft-check", "/dossiers/{drafted}/draft", "lan"),
    Screen("draft-check-wrong", "/dossiers/{drafted}/draft", "lan", press, 422),
    Screen("paper-citizen", "/dossiers/{declined}/papers/03", "lan"),
]  # fmt: skip
SCREENS = [
    *PUBLIC, *CITIZEN, *NEWCOMER, *HELPER, *DESK, *DEVICES, *PHONES, *MANAGE, *DECISIONS, *TIME, *CATALOGUE, *ONCE,
]  # fmt: skip
BY_NAME = {screen.name: screen for screen in SCREENS}
assert len(BY_NAME) == len(SCREENS), "two screens have one name"
