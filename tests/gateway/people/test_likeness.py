"""How alike two people are: a score, and reasons that name nobody."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.people.likeness import Known, likeness
from gateway.people.names import Names
from gateway.people.possible_duplicates import OFFERED_FROM
from gateway.people.references import Reference, ReferenceKind

BORN = date(1990, 3, 4)
NI = Reference(kind=ReferenceKind.NI_NUMBER, value="AB123456C")
OTHER_NI = Reference(kind=ReferenceKind.NI_NUMBER, value="AB123456D")


def known(forename=None, surname=None, born=None, known_as=None, references=()):
    names = Names.of(forename, surname, known_as)
    return Known(names=names, born=born, references=frozenset(references))


ZOE = known("Zoë", "Reyes", BORN)


def test_the_same_person_told_twice_scores_95_and_the_same_number_makes_it_100():
    assert likeness(ZOE, ZOE).score == 95
    with_number = known("Zoë", "Reyes", BORN, references=[NI])
    assert likeness(with_number, with_number).score == 100


def test_the_reasons_are_words_the_weightiest_first():
    assert likeness(ZOE, known("Zoe", "Rayes", BORN)).reasons == (
        "same date of birth",
        "same forename",
        "surname nearly the same",
    )


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (known("Reyes", "Zoe", BORN), "surname and forename the other way round"),
        (known("Zoe", "Reyes", date(1990, 4, 3)), "date of birth with day and month the other way round"),
        (known("Zoe", "Reyes", date(1990, 3, 5)), "date of birth with one digit wrong, or two exchanged"),
        (known("Zoe", "Reyes", date(1909, 3, 4)), "date of birth with one digit wrong, or two exchanged"),
        (known("Zoe", "Reyes", date(1990, 7, 19)), "date of birth only partly the same"),
        (known("Zoe", "Marlow", BORN), "different surname"),
        (known("Zoe", "Reyes-Marlow", BORN), "surname part of the other"),
        (known("Z", "Reyes", BORN), "forename same initial"),
        (known("Zoey", "Reys", None), "surname nearly the same"),
        (known(None, "Reyes", BORN, known_as="Zoe"), "same forename"),
    ],
)
def test_slips_are_offered_and_told(other, reason):
    found = likeness(ZOE, other)
    assert reason in found.reasons
    assert found.score >= OFFERED_FROM


def test_short_forms_are_the_same_forename():
    found = likeness(known("Bill", "Reyes"), known("William", "Reyes"))
    assert found.reasons == ("same surname", "forename a short form of the same")
    assert found.score >= OFFERED_FROM


def test_names_split_otherwise_are_the_same_names():
    found = likeness(known("Mary Jane", "Smith", BORN), known("Mary", "Jane Smith", BORN))
    assert (found.score, found.reasons[0]) == (95, "same names, told apart otherwise")


@pytest.mark.parametrize(
    "other",
    [
        known("Zoe", "Reyes", date(1971, 12, 30)),
        known("Paul", "Marlow", BORN),
        known("Zoe", "Marlow", date(1990, 3, 5)),
        known(None, "Reyes"),
    ],
)
def test_others_are_not_offered(other):
    assert likeness(ZOE, other).score < OFFERED_FROM


def test_the_same_number_is_offered_whatever_else_differs_and_another_counts_against():
    stranger = known("Paul", "Marlow", date(1971, 12, 30), references=[NI])
    with_number = known("Zoë", "Reyes", BORN, references=[NI])
    assert likeness(with_number, stranger).score == 60
    assert likeness(with_number, stranger).reasons[0] == "same National Insurance number"
    other = likeness(with_number, known("Zoe", "Reyes", BORN, references=[OTHER_NI]))
    assert (other.score, other.reasons[-1]) == (80, "different National Insurance number")


def test_two_numbers_of_an_agency_say_nothing_for_one_person_has_many():
    numbers = [Reference(kind=ReferenceKind.AGENCY, value=value) for value in ("77", "78")]
    one, other = (known("Zoe", "Reyes", BORN, references=[each]) for each in numbers)
    assert likeness(one, other).score == 95


names = st.one_of(
    st.none(), st.text(max_size=12), st.sampled_from(["Zoe", "Zoë Ann", "Bill", "William", "Ali"])
)
somebody = st.builds(
    known,
    forename=names,
    surname=names,
    born=st.one_of(st.none(), st.dates(date(1985, 1, 1), date(1986, 12, 31))),
    known_as=names,
    references=st.sets(st.sampled_from([NI, OTHER_NI])),
)


@given(somebody, somebody)
def test_two_people_are_as_alike_in_either_order(one, other):
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other).score <= 100


@given(somebody, somebody)
def test_nobody_is_liker_to_somebody_than_they_are_themselves(one, other):
    assert likeness(one, one).score >= likeness(one, other).score
