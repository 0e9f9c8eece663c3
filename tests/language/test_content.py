"""Words that carry meaning, by their stems."""

from __future__ import annotations

from townsfolk.language.content import content_stems, english_stopwords


def test_forms_of_one_word_have_one_stem() -> None:
    assert len(set(content_stems("lantern lanterns lantern's"))) == 1


def test_short_words_and_stopwords_carry_no_meaning() -> None:
    assert content_stems("the sea and about because which would") == ()


def test_stems_stand_in_order_one_for_each_word() -> None:
    assert content_stems("The clapper of the drowned bell, drowned!") == (
        "clapp",
        "drown",
        "bell",
        "drown",
    )


def test_stopwords_are_lower_case_words() -> None:
    assert all(word == word.lower() and " " not in word for word in english_stopwords())
    assert {"the", "would"} <= english_stopwords()
