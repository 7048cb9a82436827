"""Ready sentences: in both languages, by occasion, chosen by ticking or from a list, always with room for own words."""

import re

import pytest

from tests.pages import post_form, text_of
from webapp.counter.asking import CHOICES
from webapp.counter.deciding import PHRASES
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
    assert set(bank()) == set(FAULTS) | set(PHRASES.values())
    assert set(CHOICES) == set(FAULTS) == set(FAULT_WORDS)
    assert len(EVERY) >= 60
    assert all(len({p.key for p in phrases}) == len(phrases) for phrases in bank().values())


def test_a_sentence_and_own_words_are_sent_together(officer, applicant, send):
    sent = send()
    data = {"phrase_document_birth_proof": "blurred.cut", "words_document_birth_proof": "Cả mặt sau."}
    answer = post_form(officer, f"{sent.url}/request-supplement", {**data, "deadline_on": "30/12/2026"})
    assert answer.status_code == 303, "a chosen sentence ticks its line and says what is wrong"
    page = text_of(applicant.get(f"/dossiers/{sent.id}/supplement"))
    assert "Ảnh bị mất góc. Chụp lại thấy đủ bốn góc. Cả mặt sau." in page


def test_a_chosen_sentence_is_still_chosen_after_a_mistake(officer, send):
    data = {"phrase_document_birth_proof": "blurred.cut", "deadline_on": "01/01/2020"}
    answer = post_form(officer, f"{send().url}/request-supplement", data)
    assert answer.status_code == 422
    assert 'value="blurred.cut" selected' in answer.get_data(as_text=True)


@pytest.mark.parametrize("made_up", ["", ".", "x.y", "blurred.none", "decline.twice", "blurred"])
def test_a_made_up_sentence_says_nothing(app, officer, send, row_of, made_up):
    sent = send()
    data = {"phrase_document_birth_proof": made_up, "deadline_on": "30/12/2026"}
    answer = post_form(officer, f"{sent.url}/request-supplement", data)
    if made_up.startswith("blurred"):  # says at least what is wrong
        assert answer.status_code == 303
    else:
        assert answer.status_code == 422 and row_of(sent).state == "submitted"
    with app.test_request_context():
        assert composed("decline", ["none"], " ") == ""
