"""Every door has a name that a person can say, and says who may go through."""

import re

from webapp.core.permissions import Right

SEGMENT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)?")
CONVERTER = re.compile(r"<[^>]+>")
# What the outside world spells in its own way.
KNOWN = {".well-known": "a standard says so (RFC 8615)", "Q": "capitals keep the QR of a receipt small"}
# Right → where it is asked for, when no view of its own is opened by it.
ASKED_ELSEWHERE: dict[str, str] = {}
# URLs are English; the pages are what people read.
VIETNAMESE = {"ho-so", "thu-tuc", "dang-nhap", "dang-ky", "tra-cuu", "nop", "can-bo", "giay-to", "mot-cua"}


def rules(app):
    return list(app.url_map.iter_rules())


def test_every_address_is_english_in_small_letters_with_hyphens(started):
    wrong = set()
    for rule in rules(started):
        for segment in filter(None, CONVERTER.sub("", rule.rule).split("/")):
            plain = segment.strip(".") if "<" in rule.rule else segment  # `<id>.pdf` leaves `.pdf`
            if segment in KNOWN:
                continue
            if not SEGMENT.fullmatch(plain) or plain in VIETNAMESE:
                wrong.add(rule.rule)
    assert wrong == set()


def test_no_address_ends_with_a_slash(started):
    assert [rule.rule for rule in rules(started) if rule.rule != "/" and rule.rule.endswith("/")] == []


def test_every_route_has_a_right_or_a_reason_to_be_public(started):
    wrong = []
    for rule in rules(started):
        access = getattr(started.view_functions[rule.endpoint], "_access", None)
        if access is None or (access.right is None and len((access.reason or "").split()) < 2):
            wrong.append(rule.rule)
    assert wrong == []


def test_every_right_says_in_a_sentence_what_it_allows_and_to_whom(started):
    assert Right.all
    assert [name for name, right in Right.all.items() if not right.says or not right.roles] == []


def test_every_right_opens_at_least_one_door(started):
    """A right that no view asks for is either forgotten or is no longer needed."""
    used = {
        access.right.name
        for view in started.view_functions.values()
        if (access := getattr(view, "_access", None)) is not None and access.right is not None
    }
    assert set(Right.all) - used == set(ASKED_ELSEWHERE)


def test_no_address_carries_a_persons_number(started):
    """Numbers of people in a URL end up in logs, histories and screenshots."""
    names = {name for rule in rules(started) for name in rule.arguments}
    assert names & {"phone", "id_number", "identity", "person", "person_id", "pk"} == set()
