"""Names of any script are made comparable, and nothing that is typed breaks them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.people.names import short_forms, sound, spellings, words


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("O\u2019Brien", ("obrien",)),
        ("O'Brien", ("obrien",)),
        ("Campbell-Reid", ("campbell", "reid")),
        ("Zoë", ("zoe",)),
        ("Łukasz", ("lukasz",)),
        ("Øster", ("oster",)),
        ("Strauß", ("strauss",)),
        ("Олександр", ("oleksandr",)),
        ("محمد", ("mhmd",)),
        ("李小龍", ("lixiaolong",)),
        ("  ", ()),
        (None, ()),
    ],
)
def test_a_name_is_words_in_small_latin_letters(written, compared):
    assert words(written) == compared


@pytest.mark.parametrize(
    ("one", "other"),
    [("Mohammed", "Muhamad"), ("محمد", "Mohammed"), ("Smith", "Smyth"), ("Siân", "Sian")],
)
def test_names_that_sound_alike_have_one_sound(one, other):
    assert [sound(each) for each in words(one)] == [sound(each) for each in words(other)]


def test_a_name_of_several_words_is_also_one_word():
    assert spellings("Mary-Jane") == ("mary", "jane", "maryjane")


def test_short_forms_lead_both_ways():
    assert "william" in short_forms("bill")
    assert "bill" in short_forms("william")
    assert short_forms("xyzzy") == frozenset()


@given(st.text(max_size=200))
def test_any_text_has_words_that_have_a_sound(text):
    for word in spellings(text):
        assert word
        assert word.isascii()
        assert sound(word)
