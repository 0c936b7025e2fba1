"""Searching vacancies over HTTP: filters, half-open days, pages, and what is refused."""

from datetime import timedelta

import pytest

from gateway.directory.tables import ServiceCodeRow, ServiceTrait, UnitFeatureRow, UnitGender
from tests.api.rest.directory_world import doors
from tests.gateway.agreements.papers import hold
from tests.gateway.ground import TODAY, person, put, referral, unit

__all__ = ["doors"]

VACANCIES = "/api/v1/vacancies"


def on(day):
    return (TODAY + timedelta(days=day)).isoformat()


def found(doors, role="officer", **asked):
    answer = doors.as_(role).get(VACANCIES, params=asked)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["items"]]


def test_each_unit_is_told_with_what_it_is_on_each_day_and_why(doors):
    items = doors.as_("officer").get(VACANCIES, params={"days": 30}).json()["items"]
    told = {each["id"]: each["days"] for each in items}
    assert [run["state"] for run in told["U-1-1"]] == ["occupied"]
    assert told["U-2-2"] == [
        {
            "from_day": on(0),
            "until": on(7),
            "state": "out_of_service",
            "gender": "any",
            "void_id": doors.ids["void_id"],
            "reason": "repairs",
        },
        {
            "from_day": on(7),
            "until": on(30),
            "state": "free",
            "gender": "any",
            "void_id": None,
            "reason": None,
        },
    ]
    assert "R-1" not in str(items)


def test_half_open_days_at_the_edges_of_the_range(doors):
    assert "U-2-2" not in found(doors, days=7, free="some_day")
    assert "U-2-2" in found(doors, days=8, free="some_day")
    assert "U-2-2" not in found(doors, days=8, free="throughout")
    assert "U-2-2" in found(doors, from_day=on(7), days=1, free="throughout")
    assert "U-2-2" not in found(doors, from_day=on(6), days=1, free="some_day")


def test_somebody_leaves_and_another_comes_on_the_same_day(doors):
    def world(work):
        person(work, "P-3")
        referral(work, "R-3", person="P-3")
        hold(work, "H-3", unit="U-1-2", person="P-3", until=TODAY + timedelta(days=5))
        hold(work, "H-4", unit="U-1-2", person="P-3", from_day=TODAY + timedelta(days=6), offered=True)

    doors.store.transact(world)
    assert "U-1-2" in found(doors, from_day=on(5), days=1, free="throughout")
    assert "U-1-2" not in found(doors, from_day=on(5), days=2, free="throughout")
    assert "U-1-2" not in found(doors, from_day=on(4), days=1, free="some_day")


def test_filters_are_held_to_together(doors):
    def world(work):
        unit(work, "U-1-9", gender=UnitGender.FEMALE)
        put(
            work,
            UnitFeatureRow(unit_id="U-1-9", feature="step-free"),
            ServiceCodeRow(service_id="S-1", trait=ServiceTrait.FEATURE, value="dogs"),
            ServiceCodeRow(service_id="S-1", trait=ServiceTrait.CLIENT_GROUP, value="care-leavers"),
        )

    doors.store.transact(world)
    assert found(doors, gender="female") == ["U-1-9"]
    assert found(doors, gender=["female", "male"], tier="hub", provider="V-1") == ["U-1-9"]
    assert found(doors, feature=["dogs", "step-free"]) == ["U-1-9"]
    assert found(doors, feature="dogs", free="throughout") == ["U-1-2", "U-1-9"]
    assert found(doors, client_group="offenders", authority="E08000025") == []
    assert found(doors, lot="families") == ["U-2-1", "U-2-2"]
    assert found(doors, service="S-3", days=366) == ["U-3-1", "U-3-2"]
    assert found(doors, tier="floating") == []


def test_pages_follow_each_other_without_a_gap(doors):
    client, ids, after = doors.as_("officer"), [], None
    while True:
        params = {"size": 1} if after is None else {"size": 1, "after": after}
        page = client.get(VACANCIES, params=params).json()
        assert len(page["items"]) <= 1
        ids += [each["id"] for each in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert ids == found(doors) == ["U-1-1", "U-1-2", "U-2-1", "U-2-2", "U-3-1", "U-3-2"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"days": 367}, "query:days"),
        ({"days": 0}, "query:days"),
        ({"from_day": "1812-01-01"}, "query:from_day"),
        ({"from_day": "soon"}, "query:from_day"),
        ({"tier": "palace"}, "query:tier.0"),
        ({"gender": ""}, "query:gender.0"),
        ({"feature": [f"f-{each}" for each in range(11)]}, "query:feature"),
        ({"authority": "Birmingham"}, "query:authority.0"),
        ({"size": 201}, "query:size"),
        ({"after": "Zm9v"}, "query:after"),
        ({"after": "WyJhXHUwMDAwIiwiYiIsImMiLCJkIl0"}, "query:after"),
        ({"after": "W1tbW10"}, "query:after"),
        ({"name": "Ada"}, "query:name"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_place(doors, asked, field):
    answer = doors.as_("officer").get(VACANCIES, params=asked)
    assert answer.status_code == 422, answer.text
    assert [each["pointer"] for each in answer.json()["errors"]] == [field]


def test_whoever_has_nothing_to_do_with_vacancies_is_refused(doors):
    for role in ("referrer", "commissioner", "auditor", "administrator"):
        assert doors.as_(role).get(VACANCIES).status_code == 403


def test_stale_units_are_paged_by_service_and_a_press_takes_them_off(doors, clock):
    officer, provider = doors.as_("officer"), doors.as_("provider")
    page = officer.get("/api/v1/stale-units", params={"size": 2}).json()
    assert [each["service_id"] for each in page["items"]] == ["S-1", "S-3"]
    rest = officer.get("/api/v1/stale-units", params={"size": 2, "after": page["next"]}).json()
    assert ([each["service_id"] for each in rest["items"]], rest["next"]) == (["S-2"], None)
    assert provider.post("/api/v1/services/S-1/confirm", json={}).status_code == 200
    left = provider.get("/api/v1/stale-units").json()["items"]
    assert [each["service_id"] for each in left] == ["S-3"]
    clock.on(hours=25)
    assert len(provider.get("/api/v1/stale-units").json()["items"]) == 2


def test_the_board_counts_exactly_for_whoever_places_people_and_of_its_own_for_a_provider(doors):
    def rows(role):
        answer = doors.as_(role).get("/api/v1/vacancy-board", params={"by": ["authority"], "days": 8})
        assert answer.status_code == 200, answer.text
        return {
            each["authority_id"]: (each["units"], each["states"]["free"], each["free_later"])
            for each in answer.json()["items"]
        }

    assert rows("officer") == {"E08000025": (2, 1, 0), "E08000027": (2, 0, 1), "E08000030": (2, 2, 0)}
    assert rows("provider") == {"E08000025": (2, 1, 0), "E08000030": (2, 2, 0)}
    assert doors.as_("commissioner").get("/api/v1/vacancy-board").status_code == 403


def test_figures_hide_small_numbers_and_round_the_others(doors):
    doors.store.transact(lambda work: [unit(work, f"U-3-{each}", service="S-3") for each in range(3, 10)])
    answer = doors.as_("commissioner").get("/api/v1/figures/vacancies", params={"by": ["authority"]})
    told = {each["authority_id"]: each for each in answer.json()["items"]}
    assert told["E08000030"]["units"] == told["E08000030"]["states"]["free"] == 10
    assert told["E08000030"]["states"]["occupied"] == 0
    assert told["E08000025"]["units"] is None
    assert told["E08000025"]["states"] == dict.fromkeys(told["E08000025"]["states"], 0) | {
        "free": None,
        "occupied": None,
    }
    assert "confirmed_at" not in told["E08000025"]
    by_service = doors.as_("commissioner").get("/api/v1/figures/vacancies", params={"by": "service"})
    assert by_service.status_code == 422
