"""What is told of a person is brought into one spelling and checked, all faults at once."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.people.details import PersonDetails
from gateway.people.references import Reference, ReferenceKind
from gateway.refusals import Invalid
from tests.gateway.ground import TODAY


def details(**facts):
    return PersonDetails(**({"told_on": TODAY, "surname": "Reyes"} | facts))


def faults(**facts):
    with pytest.raises(Invalid) as refused:
        details(**facts)
    return dict(refused.value.faults)


def test_blanks_go_and_letters_are_composed():
    told = details(forename="  Zoe\u0308  Ann ", surname="O'Brien\t", address=" 1  High St \n  Walsall ")
    assert (told.forename, told.surname) == ("Zo\u00eb Ann", "O'Brien")
    assert told.address == "1 High St\nWalsall"


def test_an_empty_text_is_unknown():
    assert details(forename="  ").forename is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("0121 496 0000", "01214960000"),
        ("+44 (0)121 496-0000", "01214960000"),
        ("(0121) 496.0000", "01214960000"),
        ("0044 7700 900123", "07700900123"),
        ("00 353 1 679 0000", "+35316790000"),
        ("+353 1 679 0000", "+35316790000"),
    ],
)
def test_a_telephone_number_has_one_spelling(given, kept):
    assert details(telephone=given).telephone == kept


def test_an_email_keeps_its_local_part_and_its_domain_in_small_letters():
    assert details(email="Zoe.Reyes@Example.ORG").email == "Zoe.Reyes@example.org"


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        (ReferenceKind.NI_NUMBER, "ab 12 34 56 c", "AB123456C"),
        (ReferenceKind.NHS_NUMBER, "943 476 5919", "9434765919"),
        (ReferenceKind.PRISON_NUMBER, "a1234bc", "A1234BC"),
        (ReferenceKind.AGENCY, " st-mungos/77 ", "ST-MUNGOS/77"),
    ],
)
def test_a_number_has_one_spelling(kind, given, kept):
    told = details(references=(Reference(kind=kind, value=given),))
    assert told.references == (Reference(kind=kind, value=kept),)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ReferenceKind.NI_NUMBER, "DA123456C"),  # D is no first letter
        (ReferenceKind.NI_NUMBER, "GB123456C"),  # not used
        (ReferenceKind.NI_NUMBER, "AB123456E"),
        (ReferenceKind.NI_NUMBER, "AB12345\u0666C"),
        (ReferenceKind.NHS_NUMBER, "9434765918"),
        (ReferenceKind.NHS_NUMBER, "943476591"),
        (ReferenceKind.PRISON_NUMBER, "AB1234C"),
        (ReferenceKind.AGENCY, "  "),
    ],
)
def test_an_impossible_number_is_refused_without_repeating_it(kind, value):
    (fault,) = faults(references=(Reference(kind=kind, value=value),)).items()
    assert fault[0] == f"references 1 ({kind})"
    assert value not in fault[1] or not value.strip()


def test_a_number_with_check_digit_0_is_possible():
    details(references=(Reference(kind=ReferenceKind.NHS_NUMBER, value="1000000060"),))


def test_the_same_number_given_twice_is_refused():
    twice = (
        Reference(kind=ReferenceKind.PRISON_NUMBER, value="A1234BC"),
        Reference(kind=ReferenceKind.PRISON_NUMBER, value="a1234 bc"),
    )
    assert faults(references=twice) == {"references 2 (prison_number)": "is given twice"}


def test_a_birth_to_come_and_one_over_120_years_ago_are_refused():
    assert "born" in faults(born=date(2026, 3, 3))
    assert "born" in faults(born=date(1905, 12, 31))
    assert details(born=TODAY).born == TODAY
    assert details(born=date(1906, 1, 1)).born == date(1906, 1, 1)


def test_all_faults_are_told_at_once_and_none_repeats_what_was_given():
    found = faults(
        forename="?", surname="x" * 101, gender="Female", email="zoe@", telephone="12", born=date(2030, 1, 1)
    )
    assert set(found) == {"forename", "surname", "gender", "email", "telephone", "born"}
    assert "zoe" not in str(found)


def test_nobody_is_entered_of_whom_nothing_is_known():
    assert "surname" in faults(surname=None, born=date(1990, 1, 1))
    assert details(surname=None, known_as="Bear").known_as == "Bear"


@given(st.text(), st.text(), st.text(), st.text())
def test_whatever_is_typed_is_taken_or_refused_and_what_is_taken_is_taken_again(
    surname, known_as, mail, phone
):
    try:
        told = details(surname=surname, known_as=known_as, email=mail, telephone=phone)
    except Invalid:
        return
    again = details(surname=told.surname, known_as=told.known_as, email=told.email, telephone=told.telephone)
    assert again == told
    for text in (told.surname, told.known_as, told.email, told.telephone):
        assert text is None or text.encode()
