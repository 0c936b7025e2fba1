"""The emergency: exactly so many must move, all live where they can, and the problem it makes is whole."""

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from allocation.exchange import digest, problem_in
from gateway.assessment.assess import for_allocation
from gateway.assessment.referral_csv import read_referrals
from scenarios.emergency import emergency

NAME = "birmingham-black-country"
ON = date(2025, 12, 1)
PARTNERS = {"E08000025", "E08000027", "E08000030", "E08000031"}

PERSON_KEYS = {
    *("id", "band", "score", "authority", "units", "tags", "gender", "age", "client_groups", "tier"),
    *("access_needs", "home", "avoid_services", "avoid_areas", "prefers"),
    *("current_service", "current_pool", "must_leave", "may_move"),
}
SERVICE_KEYS = {
    *("id", "tier", "authority", "location", "client_groups", "min_age", "max_age", "features"),
    *("cannot_manage", "direct_access", "pools", "conversions"),
}
QUOTA_KEYS = {"id", "services", "authorities", "not_authorities", "tags", "max_units", "min_units"}
KINDS = {
    **dict.fromkeys(
        ("band", "score", "units", "age", "min_age", "max_age", "max_units", "min_units", "cost"), int
    ),
    **dict.fromkeys(("must_leave", "may_move", "direct_access"), bool),
    **dict.fromkeys(
        ("tags", "client_groups", "access_needs", "avoid_services", "avoid_areas", "prefers"), list
    ),
    **dict.fromkeys(("features", "cannot_manage", "pools", "conversions", "home", "location"), list),
    **dict.fromkeys(("services", "authorities", "not_authorities"), list),
    **dict.fromkeys(
        ("id", "authority", "gender", "tier", "current_service", "current_pool", "from", "to"), str
    ),
}


@pytest.fixture(scope="module", params=[1, 2])
def made(request):
    return emergency(NAME, seed=request.param, on=ON)


@pytest.fixture(scope="module")
def document(made):
    return made.document


def check_values(things, keys, needed):
    """Every key known, every needed key there, every value of its plain type, ids unique and in order."""
    for thing in things:
        assert needed <= thing.keys() <= keys
        assert all(type(value) is KINDS[key] for key, value in thing.items())
    if "id" in needed:
        ids = [thing["id"] for thing in things]
        assert ids == sorted(set(ids))


def test_exactly_as_many_as_asked_must_leave_and_others_stay_or_wait(made):
    assert len(made.must_leave) == 430
    assert len(made.staying) > 100
    assert len(made.waiting) > 50
    assert {each.current_service for each in made.must_leave} == set(made.closing)
    assert 10 < sum(each.may_move for each in made.staying) < 0.3 * len(made.staying)


def test_several_providers_close_and_some_services_start_empty(made):
    closing = {each.provider for each in made.region.provisions if each.service.id in made.closing}
    lived_in = {each.current_service for each in made.referrals}
    assert len(closing) == 3
    assert not lived_in & set(made.region.emergency.starting_services)


def test_occupants_fit_the_units_and_the_gender_of_their_pools(made):
    """A pool holds no more than its units, nobody of another gender, and a shared house one gender alone."""
    closing = set(made.closing)
    services = [*made.former, *(each for each in made.services if each.id not in closing)]
    pools = {(service.id, pool.id): pool for service in services for pool in service.pools}
    living = {}
    for each in made.referrals:
        if each.current_service is not None:
            living.setdefault((each.current_service, each.current_pool), []).append(each)
    for where, people in living.items():
        genders = {each.gender for each in people}
        assert sum(each.units for each in people) <= pools[where].units
        if pools[where].gender in ("male", "female"):
            assert genders == {pools[where].gender}
        if pools[where].gender == "same":
            assert len(genders) == 1
            assert None not in genders or len(people) == 1


def test_occupants_who_stay_break_no_cap(made):
    held = Counter()
    for each in made.document["people"]:
        for quota in made.quotas:
            inside = quota.services is None or each.get("current_service") in quota.services
            ours = quota.authorities is None or each.get("authority") in quota.authorities
            theirs = quota.not_authorities is None or each.get("authority") not in quota.not_authorities
            if inside and ours and theirs and quota.tags <= set(each.get("tags", ())):
                held[quota.id] += each.get("units", 1)
    assert all(held[quota.id] <= quota.max_units for quota in made.quotas)


def test_nobody_with_a_place_sleeps_rough_and_nobody_stays_where_they_must_not_be(made):
    for each in made.referrals:
        if each.current_service is not None:
            assert each.sleeping_rough is False
            assert each.current_service not in each.avoid_services


def test_the_document_has_the_keys_of_the_format_and_no_others(made, document):
    """placement-problem/1, attribute-based: every key known, every value of its type, ids in order."""
    assert document.keys() == {"format", "people", "services", "quotas", "separations", "limits"}
    assert document["format"] == "placement-problem/1"
    check_values(document["people"], PERSON_KEYS, {"id"})
    check_values(document["services"], SERVICE_KEYS, {"id", "pools"})
    check_values(document["quotas"], QUOTA_KEYS, {"id", "max_units"})
    for service in document["services"]:
        check_values(service["pools"], {"id", "units", "gender"}, {"id", "units"})
        check_values(service.get("conversions", []), {"from", "to", "max_units", "cost"}, {"from", "to"})
        assert {pool.get("gender", "any") for pool in service["pools"]} <= {"any", "male", "female", "same"}
    assert document["limits"] == {"moves": 20, "conversions": 9}
    assert json.loads(json.dumps(document)) == document


def test_the_engine_s_own_reader_finds_no_fault_in_it(made, document):
    """What is written is read back as the same problem, by its digest."""
    read = problem_in(json.dumps(document).encode())
    assert digest(read) == digest(made.problem)


def test_everything_the_document_names_is_there(document):
    people = {each["id"]: each for each in document["people"]}
    pools = {each["id"]: {pool["id"] for pool in each["pools"]} for each in document["services"]}
    for each in people.values():
        assert set(each.get("prefers", [])) | set(each.get("avoid_services", [])) <= pools.keys()
        if "current_service" in each:
            assert each["current_pool"] in pools[each["current_service"]]
        else:
            assert not each.get("must_leave")
            assert not each.get("may_move")
    for quota in document["quotas"]:
        assert set(quota.get("services", [])) <= pools.keys()
    for service in document["services"]:
        for conversion in service.get("conversions", []):
            assert {conversion["from"], conversion["to"]} <= pools[service["id"]]
    for one, other in document["separations"]:
        assert one in people
        assert other in people
        assert people[one].get("current_service") != people[other].get("current_service") or (
            "current_service" not in people[one]
        )


def test_closing_services_stay_in_the_document_and_take_nobody(made, document):
    services = {each["id"]: each for each in document["services"]}
    for name in made.closing:
        assert all(pool["units"] == 0 for pool in services[name]["pools"])
        assert "conversions" not in services[name]


def test_band_and_order_are_the_scheme_s_for_everybody(made, document):
    """Scores number the scheme's orders from 0 without a gap: equal orders alike, a higher order higher."""
    assessed = {each.reference: for_allocation(each) for each in made.assessments}
    numbers = {order: at for at, order in enumerate(sorted({order for _, order in assessed.values()}))}
    told = {each["id"]: (each.get("band", 1), each.get("score", 0)) for each in document["people"]}
    assert told == {reference: (band, numbers[order]) for reference, (band, order) in assessed.items()}
    assert {band for band, _ in told.values()} == {1, 2, 3, 4, 5}


def test_the_place_of_somebody_fleeing_is_not_told(document):
    fleeing = [each for each in document["people"] if each.get("avoid_areas")]
    assert fleeing
    assert all("home" not in each for each in fleeing)


def test_partners_hold_what_they_bought_in_every_shared_service(made, document):
    units = {each.id: sum(pool.units for pool in each.pools) for each in made.services}
    quotas = {each["id"]: each for each in document["quotas"]}
    for hub in ("S-01", "S-02", "S-03"):
        assert sum(quotas[f"{hub}/{gss}"]["max_units"] for gss in PARTNERS) == units[hub]


def test_the_same_seed_makes_the_same_text_and_another_seed_another():
    first, again, other = (
        json.dumps(emergency(NAME, people=60, seed=seed, on=ON).document) for seed in (5, 5, 6)
    )
    assert first == again
    assert first != other


@pytest.mark.parametrize("people", [10, 37, 1500])
def test_any_number_of_people_can_be_asked_for(people):
    """Units, caps and limits go with the number of people, so that scarcity stays about the same."""
    made = emergency(NAME, people=people, seed=3, on=ON)
    assert len(made.must_leave) == people
    free = sum(pool.units for each in made.services for pool in each.pools)
    free -= sum(each.units for each in made.staying)
    needed = sum(each.units for each in (*made.must_leave, *made.waiting))
    if people >= 37:
        assert 0.8 < free / needed < 1.1


def test_the_referrals_can_be_written_and_read_back_as_a_file(tmp_path):
    """``gateway assess`` can be tried on them: nothing is lost on the way."""
    made = emergency(NAME, people=40, seed=1, on=ON)
    made.write_referrals(tmp_path / "referrals.csv")
    assert read_referrals(tmp_path / "referrals.csv", on=ON) == made.referrals


def test_another_process_with_other_hashes_makes_the_same_text():
    """Sets are written in the order of the alphabet, never in the order of this run's hashes."""
    script = (
        "import json; from datetime import date; from scenarios.emergency import emergency; "
        f"print(json.dumps(emergency({NAME!r}, people=60, seed=5, on=date(2025, 12, 1)).document))"
    )
    there = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONHASHSEED": "77"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.strip() == json.dumps(emergency(NAME, people=60, seed=5, on=ON).document)
