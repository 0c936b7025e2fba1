"""The form is whole and consistent, or every fault of it is named at once."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.referrals.code_lists import code_lists
from gateway.referrals.details import Known, Member, ReferralDetails
from gateway.referrals.details_rows import code_rows, details_of, fill, member_rows
from gateway.referrals.tables import Connection, Duty, ReferralRow
from gateway.refusals import Invalid
from tests.gateway.ground import Ids

SPOILED = {
    "agency_reference": " 12",
    "referrer": "two\nlines",
    "referred_on": date(1066, 10, 14),
    "authority_id": "Dudley",
    "accommodation": "castle",
    "accommodation_detail": "   ",
    "tier": "attic",
    "units": 0,
    "adults": 0,
    "children": -1,
    "must_leave": True,
    "story": "x" * 20_001,
    "client_groups": ("single-homeless", "single-homeless"),
    "needs": (Known(code="dragons"),),
    "risks": (Known(code="arson", detail=""),),
    "access_needs": ("moat",),
    "wishes": ("S-1", "S 2"),
    "avoids": ("S-1",),
    "household": (Member(relation="dragon", born=date(1200, 1, 1)),),
}


def test_all_faults_of_a_form_are_named_at_once():
    with pytest.raises(Invalid) as caught:
        ReferralDetails(person_id="P-1", agency_id="A-1", **SPOILED)
    named = {field.partition("[")[0] for field, _ in caught.value.faults}
    assert named == set(SPOILED) - {"avoids"}  # what is wished for and avoided is told at the wish


def test_a_fault_repeats_a_code_and_never_a_sentence():
    with pytest.raises(Invalid) as caught:
        ReferralDetails(person_id="P-1", agency_id="A-1", client_groups=("Her ex husband found her",))
    assert "husband" not in str(caught.value)


def test_the_client_groups_are_the_twenty_one_of_supporting_people():
    published = {each.published_code for each in code_lists()["client_group"].values()} - {None}
    assert published == {str(number) for number in range(1, 22)}


def test_the_needs_are_those_of_the_homelessness_return():
    assert len(code_lists()["need"]) == 23


def test_every_code_has_a_title_and_a_source():
    listed = [each for codes in code_lists().values() for each in codes.values()]
    assert all(each.title and each.source for each in listed)


def codes_of(name):
    return st.sampled_from(sorted(code_lists()[name]))


def known(name):
    answers = st.builds(
        Known,
        code=codes_of(name),
        answer=st.sampled_from([True, False, None]),
        detail=st.sampled_from([None, "told"]),
    )
    return st.lists(answers, unique_by=lambda each: each.code, max_size=4).map(
        lambda found: tuple(sorted(found, key=lambda each: each.code))
    )


forms = st.builds(
    ReferralDetails,
    person_id=st.just("P-1"),
    agency_id=st.just("A-1"),
    connection=st.sampled_from([None, *Connection]),
    duty=st.sampled_from([None, *Duty]),
    duty_date=st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    immediate_safety=st.sampled_from([True, False, None]),
    pregnant=st.sampled_from([True, False, None]),
    client_groups=st.lists(codes_of("client_group"), unique=True, max_size=4).map(tuple),
    needs=known("need"),
    risks=known("risk"),
    access_needs=st.lists(codes_of("access_need"), unique=True, max_size=3).map(tuple),
    wishes=st.lists(st.sampled_from(["S-1", "S-2"]), unique=True).map(tuple),
    avoids=st.lists(st.sampled_from(["S-3", "S-4"]), unique=True).map(tuple),
    household=st.lists(
        st.builds(
            Member,
            relation=codes_of("relation"),
            born=st.none() | st.dates(date(1990, 1, 1), date(2026, 1, 1)),
        ),
        max_size=3,
    ).map(tuple),
)


@given(details=forms)
def test_a_form_comes_back_from_its_rows_as_it_went_in(details):
    """Unknown comes back as unknown and no as no; wishes keep their order."""
    row = ReferralRow(id="R-1")
    fill(row, details)
    assert details_of(row, reversed(code_rows("R-1", details)), member_rows("R-1", details, Ids())) == details
