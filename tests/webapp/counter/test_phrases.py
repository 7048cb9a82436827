"""Ready sentences: in both languages, by occasion, chosen by ticking or from a list, always with room for own words."""

import re

import pytest

from tests.days import ahead
from tests.pages import post_form, text_of
from webapp.counter.asking import CHOICES
from webapp.counter.deciding import PHRASES
from webapp.dossiers.models import Dossier, DossierMove
from webapp.dossiers.phrases import bank, composed
from webapp.dossiers.supplement import FAULTS
from webapp.dossiers.supplement_items import FAULT_WORDS

EVERY = [(kind, phrase) for kind, phrases in bank().items() for phrase in phrases]


@pytest.mark.parametrize(("kind", "phrase"), EVERY, ids=lambda value: getattr(value, "key", value))
def test_a_ready_sentence_is_whole_short_and_said_to_a_person(kind, phrase):
    for words in (phrase.words.vi, phrase.words.en):
        assert words and words[0].isupper() and words.endswith(".") and len(words) < 160
    assert not re.search(r"quý công dân|vui lòng|hệ thống", phrase.words.vi, re.I)
    assert not any(letter in phrase.words.en for letter in "ăâđêôơư")


def test_there_are_sentences_for_every_occasion():
    assert set(bank()) == set(FAULTS) | set(PHRASES.values()) | {"no_draft"}
    assert set(CHOICES) == set(FAULTS) == set(FAULT_WORDS)
    assert len(EVERY) >= 60
    assert all(len({p.key for p in phrases}) == len(phrases) for phrases in bank().values())


def test_a_sentence_and_own_words_are_sent_together(officer, applicant, send):
    sent = send()
    data = {"phrase_document_birth_proof": "blurred.cut", "words_document_birth_proof": "Cả mặt sau."}
    answer = post_form(officer, f"{sent.url}/request-supplement", {**data, "deadline_on": ahead()})
    assert answer.status_code == 303, "a chosen sentence ticks its line and says what is wrong"
    page = text_of(applicant.get(f"/dossiers/{sent.id}/supplement"))
    assert "Ảnh bị mất góc. Chụp lại thấy đủ bốn góc. Cả mặt sau." in page


# verb → where it is decided, by whom, and what else the form wants
OF_AN_OFFICE = {
    "decline": ("submitted", {"basis": "Điều 5"}),
    "stop": ("processing", {"basis": "Điều 5"}),
    "require-payment": ("processing", {"amount": "50000", "what_for": "Lệ phí"}),
    "settle": ("processing", {"decision": "refused", "issued_on": "22/11/2026"}),
}


@pytest.mark.parametrize("verb", OF_AN_OFFICE)
def test_an_office_speaks_vietnamese_whatever_language_its_officers_screen_has(manager, applicant, at, services, verb):
    place, more = OF_AN_OFFICE[verb]
    sent, phrase = at(place), bank()[PHRASES[verb.replace("-", "_")]][0]
    manager.set_cookie("lang", "en")
    form = f"{sent.url}/{verb}"
    assert phrase.words.en in text_of(manager.get(form))
    assert post_form(manager, form, {**more, "phrase": phrase.key}).status_code == 303
    with services.database.session(write=False) as session:
        dossier = session.query(Dossier).filter_by(public_id=sent.id).one()
        last = session.query(DossierMove).filter_by(dossier_id=dossier.id).order_by(DossierMove.id.desc()).first()
        assert last.reason == phrase.words.vi
    assert phrase.words.vi in text_of(applicant.get(f"/dossiers/{sent.id}"))


def test_how_a_result_was_given_and_a_draft_are_vietnamese_too(manager, at, services):
    manager.set_cookie("lang", "en")
    sent = at("settled")
    assert post_form(manager, f"{sent.url}/hand-over", {"to_whom": "Đào", "how": "post"}).status_code == 303
    with services.database.session(write=False) as session:
        assert session.query(DossierMove).filter_by(verb="hand_over").one().reason == "Đào (Qua bưu điện)"
    draft = text_of(manager.get(f"{at('processing').url}/send-draft"))
    assert "Họ tên mẹ: Nguyễn Thị Đào" in draft and "Mother's full name" not in draft


def test_a_chosen_sentence_is_still_chosen_after_a_mistake(officer, send):
    data = {"phrase_document_birth_proof": "blurred.cut", "deadline_on": "01/01/2020"}
    answer = post_form(officer, f"{send().url}/request-supplement", data)
    assert answer.status_code == 422
    assert 'value="blurred.cut" selected' in answer.get_data(as_text=True)


@pytest.mark.parametrize("made_up", ["", ".", "x.y", "blurred.none", "decline.twice", "blurred"])
def test_a_made_up_sentence_says_nothing(app, officer, send, row_of, made_up):
    sent = send()
    data = {"phrase_document_birth_proof": made_up, "deadline_on": ahead()}
    answer = post_form(officer, f"{sent.url}/request-supplement", data)
    if made_up.startswith("blurred"):  # says at least what is wrong
        assert answer.status_code == 303
    else:
        assert answer.status_code == 422 and row_of(sent).state == "submitted"
    with app.test_request_context():
        assert composed("decline", ["none"], " ") == ""
