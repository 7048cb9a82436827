"""Vietnamese is complete: a missing sentence would show English to a villager."""

from babel.messages.catalog import Catalog

from tests.support import words


def keys(catalog: Catalog) -> set[str]:
    return {words.key_of(message) for message in catalog if message.id}


def test_every_sentence_of_the_sources_is_in_the_catalogue_and_no_other():
    fresh, there = keys(words.extract()), keys(words.load())
    assert (sorted(fresh - there), sorted(there - fresh)) == ([], []), "run `make words`"


def test_no_sentence_is_without_vietnamese():
    empty = [words.key_of(m) for m in words.load() if m.id and not words.text_of(m).strip()]
    assert empty == []


def test_no_translation_is_a_guess():
    catalog = words.load()
    assert [words.key_of(m) for m in catalog if m.id and m.fuzzy] == []
    assert list(catalog.obsolete) == []


def test_english_and_vietnamese_have_the_same_placeholders():
    different = {
        words.key_of(m): names for m in words.load() if m.id and (names := words.missing_placeholders(m))
    }
    assert different == {}


def test_the_catalogue_is_kept_in_order():
    """`make words` writes it sorted; a line added elsewhere makes the next difference unreadable."""
    ids = [m.id if isinstance(m.id, str) else m.id[0] for m in words.load() if m.id]
    assert ids == sorted(ids)
