"""Pages and filters answer truly, or say that they cannot."""

import pytest
from sqlalchemy import select

from gateway.directory.tables import ServiceCodeRow, ServiceRow
from scenarios.statements import statements

NOBODY = "00000000-0000-4000-8000-000000000000"


def names(records):
    return sorted(each["name"] for each in records)


@pytest.fixture
def stored(demonstration):
    store, _ = demonstration
    with store.reading() as work:
        return work.where(ServiceRow)


def test_pages_hold_every_service_once_in_the_order_of_names(data, stored):
    told = [each["name"] for each in data.all("services")]
    assert told == sorted(told)
    assert told == names([{"name": row.name} for row in stored])


@pytest.mark.parametrize(
    ("page", "size", "first", "last", "empty"),
    [(1, 20, True, False, False), (3, 7, False, True, False), (9, 0, False, True, True)],
)
def test_a_page_says_which_one_it_is(data, page, size, first, last, empty):
    told = data.told(f"/services?per_page=20&page={page}")
    assert (told["total_items"], told["total_pages"], told["page_number"]) == (47, 3, page)
    assert (told["size"], told["first_page"], told["last_page"], told["empty"]) == (size, first, last, empty)


@pytest.mark.parametrize("search", ["refuge", "REFUGE", "  refuge "])
def test_a_name_is_searched_in_large_and_small_letters(data, stored, search):
    expected = [{"name": row.name} for row in stored if "refuge" in row.name.lower()]
    assert len(expected) >= 4
    assert names(data.all("services", f"&search={search}")) == names(expected)


def test_a_provider_is_found_too_and_signs_of_a_pattern_are_letters(data):
    assert {each["organization"]["name"] for each in data.all("services", "&search=elder")} == {"Elder"}
    assert data.all("services", "&search=%25") == []
    assert data.all("services", "&search=_") == []


def test_services_by_term_and_by_taxonomy(data, demonstration):
    store, _ = demonstration
    terms = {(each["taxonomy"], each["term"]): each["id"] for each in data.all("taxonomy_terms")}
    with store.reading() as work:
        for value in ("domestic-abuse", "rough-sleepers"):
            having = select(ServiceCodeRow.service_id).where(ServiceCodeRow.value == value)
            expected = sorted(row.name for row in work.where(ServiceRow, ServiceRow.id.in_(having)))
            term = terms["Client groups", value]
            assert names(data.all("services", f"&taxonomy_term_id={term}")) == expected
    hubs = data.all("services", f"&taxonomy_term_id={terms['Level of support', 'hub']}")
    assert all(each["description"].startswith("Hub.") for each in hubs)
    assert hubs
    taxonomies = {each["name"]: each["id"] for each in data.all("taxonomies")}
    assert len(data.all("services", f"&taxonomy_id={taxonomies['Level of support']}")) == 47
    with_features = data.all("services", f"&taxonomy_id={taxonomies['Features']}")
    assert 0 < len(with_features) < 47


def test_by_what_is_not_there_nothing_is_found(data):
    for name in ("taxonomy_term_id", "taxonomy_id"):
        assert data.all("services", f"&{name}={NOBODY}") == []
        assert data.all("service_at_locations", f"&{name}={NOBODY}") == []
    assert data.all("taxonomy_terms", f"&taxonomy_id={NOBODY}") == []


def test_ages_leave_out_whoever_takes_nobody_of_that_age(data, stored):
    older = names([{"name": row.name} for row in stored if row.max_age is None or row.max_age >= 26])
    younger = names([{"name": row.name} for row in stored if row.min_age is None or row.min_age <= 17])
    assert names(data.all("services", "&minimum_age=26")) == older
    assert names(data.all("services", "&maximum_age=17")) == younger
    assert len(younger) < len(stored)


@pytest.mark.parametrize(
    "query",
    [
        "postcode=B1+1AA&proximity=1000",
        "day=monday",
        "start_time=09:00",
        "end_time=17:00",
        "modified_after=2026-01-01",
        "anything=else",
        "page=0",
        "page=x",
        "per_page=0",
        "per_page=201",
        "page=99999999999999999999",
        "minimum_age=-1",
        "maximum_age=121",
        "taxonomy_id=x",
        f"search={'x' * 201}",
    ],
)
@pytest.mark.parametrize("name", ["services", "service_at_locations"])
def test_what_cannot_be_answered_truly_is_refused_and_named(data, name, query):
    answer = data.get(f"/{name}?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert f"query:{query.partition('=')[0]}" in {each["pointer"] for each in answer.json()["errors"]}


@pytest.mark.parametrize("sign", ["%00", "%0A", "%1F", "%7F"])
def test_a_sign_that_no_name_has_is_refused(data, sign):
    assert data.get(f"/services?search=a{sign}a").status_code in (400, 422)


@pytest.mark.parametrize("name", ["services", "service_at_locations", "taxonomies", "taxonomy_terms"])
def test_what_is_not_there_is_not_found(data, name):
    assert data.get(f"/{name}/{NOBODY}").status_code == 404
    assert data.get(f"/{name}/x").status_code == 422
    assert data.get(f"/{name}/").status_code == 404


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/services?per_page={}", 3),
        ("/service_at_locations?per_page={}", 4),
        ("/taxonomy_terms?per_page={}", 1),
    ],
)
def test_a_page_takes_as_many_statements_whatever_its_size(data, demonstration, path, most):
    store, _ = demonstration
    for size in (1, 40):
        with statements(store) as sent:
            data.told(path.format(size))
        assert len(sent) == most
