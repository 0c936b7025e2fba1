"""Searching vacancies: each filter says what looking at every unit says; one statement a page."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.directory.tables import (
    ServiceCodeRow,
    ServiceTrait,
    Tier,
    UnitFeatureRow,
    UnitGender,
    VoidReason,
)
from gateway.directory.unit_states import UnitState
from gateway.directory.vacancies import vacancies
from gateway.directory.vacancy_filters import Free
from gateway.directory.vacancy_search import LONGEST, Sought, search_vacancies
from gateway.directory.voiding import VoidDetails, put_out_of_service
from gateway.refusals import Invalid
from gateway.stay import Stay
from scenarios.statements import statements
from tests.gateway.directory.holding import lives
from tests.gateway.directory.worlds import days, lengths, worlds
from tests.gateway.ground import DUDLEY, NOW, OFFICER, TODAY, put, service, small_world, unit

WEEK = Stay(TODAY, TODAY + timedelta(days=7))


def ids(page):
    return [each.id for each in page.units]


def all_pages(work, stay, sought, size):
    found, after = [], None
    while True:
        page = search_vacancies(work, stay, sought, after=after, size=size)
        assert len(page.units) <= size
        found += page.units
        after = page.next
        if after is None:
            return found


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=worlds(), start=days, length=lengths, size=st.integers(1, 3), gender=st.sampled_from(UnitGender))
def test_a_search_finds_what_looking_at_every_unit_finds(store, rows, start, length, size, gender):
    stay = Stay(start, start + timedelta(days=3 * length))
    with store.working() as work:
        put(work, *rows)
        every = vacancies(work, stay).units
        throughout = all_pages(work, stay, Sought(free=Free.THROUGHOUT), size)
        some_day = all_pages(work, stay, Sought(free=Free.SOME_DAY), size)
        designated = all_pages(work, stay, Sought(genders=[gender]), size)
        assert all_pages(work, stay, Sought(), size) == list(every)
    assert throughout == [each for each in every if each.is_free(stay)]
    assert some_day == [each for each in every if any(run.state is UnitState.FREE for run in each.days)]
    assert designated == [each for each in every if each.days[0].gender is gender]


def test_a_page_is_one_statement_whatever_is_asked(store):
    store.transact(small_world)
    sought = Sought(
        services=["S-1"],
        providers=["V-1"],
        tiers=[Tier.HUB],
        lots=["complex-needs"],
        genders=[UnitGender.ANY],
        client_groups=["rough-sleepers"],
        features=["step-free", "dogs"],
        free=Free.SOME_DAY,
    )
    with store.reading() as work:
        with statements(work) as sent:
            search_vacancies(work, WEEK, sought, size=1)
            search_vacancies(work, WEEK, Sought(), after=("S-1", "main", "U-1-1", "U-1-1"), size=1)
        assert len(sent) == 2


def test_every_feature_is_there_in_the_unit_or_in_its_service(store):
    store.transact(small_world)
    with store.working() as work:
        of_service = ServiceCodeRow(service_id="S-1", trait=ServiceTrait.FEATURE, value="dogs")
        other = ServiceCodeRow(service_id="S-2", trait=ServiceTrait.CANNOT_MANAGE, value="dogs")
        put(work, of_service, other, UnitFeatureRow(unit_id="U-1-2", feature="step-free"))
        assert ids(search_vacancies(work, WEEK, Sought(features=["dogs"]))) == ["U-1-1", "U-1-2"]
        assert ids(search_vacancies(work, WEEK, Sought(features=["step-free", "dogs"]))) == ["U-1-2"]
        assert ids(search_vacancies(work, WEEK, Sought(features=["lift"]))) == []


def test_a_service_that_names_no_client_group_is_for_all(store):
    store.transact(small_world)
    with store.working() as work:
        put(work, ServiceCodeRow(service_id="S-1", trait=ServiceTrait.CLIENT_GROUP, value="care-leavers"))
        young = Sought(client_groups=["care-leavers", "young-people"])
        assert {each.service.id for each in search_vacancies(work, WEEK, young).units} == {"S-1", "S-2"}
        others = Sought(client_groups=["offenders"])
        assert {each.service.id for each in search_vacancies(work, WEEK, others).units} == {"S-2"}


def test_somebody_who_leaves_on_the_first_day_leaves_the_unit_free_throughout(store):
    store.transact(small_world)
    with store.working() as work:
        lives(work, "H-1", "U-1-1", from_day=TODAY - timedelta(days=9), until=TODAY)
        lives(work, "H-2", "U-1-2", 2, from_day=WEEK.until)
        lives(work, "H-3", "U-2-1", 3, from_day=WEEK.until - timedelta(days=1), service="S-2")
        free = Sought(free=Free.THROUGHOUT)
        assert ids(search_vacancies(work, WEEK, free)) == ["U-1-1", "U-1-2", "U-2-2"]


def test_a_unit_that_becomes_free_is_found_whatever_is_so_of_others(store):
    store.transact(small_world)
    with store.working() as work:
        lives(work, "H-1", "U-1-1", from_day=TODAY, until=TODAY + timedelta(days=3))
        lives(work, "H-2", "U-1-2", 2, from_day=TODAY)
        for unit_id, days_off in (("U-2-1", 5), ("U-2-2", None)):
            until = None if days_off is None else TODAY + timedelta(days=days_off)
            said = VoidDetails(reason=VoidReason.REPAIRS, from_day=TODAY, until=until)
            put_out_of_service(unit_id, said, by=OFFICER, at=NOW, work=work)
        some_day = Sought(free=Free.SOME_DAY)
        assert ids(search_vacancies(work, WEEK, some_day)) == ["U-1-1", "U-2-1"]
        soon = Stay(TODAY, TODAY + timedelta(days=5))
        assert ids(search_vacancies(work, soon, some_day)) == ["U-1-1"]


def test_why_a_unit_is_not_free_is_told(store):
    store.transact(small_world)
    with store.working() as work:
        said = VoidDetails(reason=VoidReason.REPAIRS, from_day=TODAY, until=TODAY + timedelta(days=2))
        put_out_of_service("U-1-1", said, by=OFFICER, at=NOW, work=work)
        first = search_vacancies(work, WEEK, Sought(), size=1).units[0]
    assert [(run.state, run.reason) for run in first.days] == [
        (UnitState.OUT_OF_SERVICE, VoidReason.REPAIRS),
        (UnitState.FREE, None),
    ]


def test_pages_go_on_where_names_sort_otherwise_than_in_python(store):
    store.transact(small_world)
    with store.working() as work:
        service(work, "S-3", units=0, authority=DUDLEY)
        for number, name in enumerate(["b", "B", "a-1", "a1", "A", "á"]):
            put(work, unit(work, f"U-3-{number}", pool=name))
        one, more = (all_pages(work, WEEK, Sought(), size) for size in (50, 1))
    assert len(one) == 10
    assert one == more


@pytest.mark.parametrize("until", [None, TODAY + timedelta(days=LONGEST + 1)])
def test_a_range_without_an_end_or_too_long_is_refused(store, until):
    with store.reading() as work, pytest.raises(Invalid) as refused:
        search_vacancies(work, Stay(TODAY, until), Sought(features=[f"f-{each}" for each in range(11)]))
    assert [field for field, _ in refused.value.faults] == ["until", "features"]
