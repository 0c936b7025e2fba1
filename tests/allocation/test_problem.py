"""A problem is complete and consistent, or it does not exist: what each part refuses at birth."""

import pytest

from allocation.problem import Gender, InvalidProblem, Person, Pool, Quota, Service


def faults_of(make):
    """The sentences with which ``make()`` is refused."""
    with pytest.raises(InvalidProblem) as refusal:
        make()
    return [str(fault) for fault in refusal.value.faults]


def test_a_pool_for_no_known_gender_is_refused_and_a_name_becomes_the_gender():
    assert faults_of(lambda: Pool(id="u", units=1, gender="weird")) == [
        "gender: is 'weird', must be one of any, male, female, same"
    ]
    assert Pool(id="u", units=1, gender="female").gender is Gender.FEMALE


def test_a_most_below_nothing_is_one_fault_not_also_one_of_the_least():
    assert faults_of(lambda: Quota(id="q", max_units=-1)) == [
        "max_units: is -1, must be from 0 to 1000000000"
    ]
    assert faults_of(lambda: Quota(id="q", max_units=2, min_units=3)) == [
        "min_units: is 3, above max_units 2"
    ]


@pytest.mark.parametrize("name", ["authority", "gender", "tier"])
def test_a_person_of_an_empty_text_is_refused_for_what_is_unknown_is_left_out(name):
    assert faults_of(lambda: Person(id="ann", **{name: ""})) == [f"{name}: is empty"]


@pytest.mark.parametrize("name", ["authority", "tier"])
def test_a_service_of_an_empty_text_is_refused_for_what_is_unknown_is_left_out(name):
    pool = Pool(id="u", units=1)
    assert faults_of(lambda: Service(id="s", pools=(pool,), **{name: ""})) == [f"{name}: is empty"]
