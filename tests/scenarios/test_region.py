"""The region's ground: what it must hold, and that its files are refused whole."""

import csv
import shutil

import pytest

from scenarios.region import InvalidRegion, read_region, region_names
from scenarios.region_files import REGIONS

NAME = "birmingham-black-country"
PARTNERS = ("E08000025", "E08000027", "E08000030", "E08000031")
SANDWELL = "E08000028"


@pytest.fixture(scope="module")
def region():
    return read_region(NAME)


@pytest.fixture
def copy(tmp_path):
    """A copy of the region that a test may spoil; ``spoil(file, old, new)`` replaces one piece of text."""
    shutil.copytree(REGIONS / NAME, tmp_path / NAME)

    def spoil(file, old, new):
        path = tmp_path / NAME / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    spoil.regions = tmp_path
    return spoil


def test_the_region_is_listed():
    assert NAME in region_names()


def test_the_four_partners_are_those_of_the_partnership_and_sandwell_is_none(region):
    """Birmingham, Dudley, Walsall and Wolverhampton; Sandwell touches them all and stays outside."""
    assert region.partners == PARTNERS
    assert region.lead_authority == "E08000027"
    assert {each.gss for each in region.authorities if each.role == "neighbour"} >= {SANDWELL, "E08000029"}


def test_there_are_about_45_services_over_three_tiers_and_17_lots(region):
    """Seventeen lots as in Birmingham; the ten that are known are marked, the others are ours."""
    assert 43 <= len(region.provisions) <= 50
    assert {each.tier for each in region.services} == {"hub", "local", "floating"}
    assert len(region.lots) == 17
    assert sum(lot.known for lot in region.lots) == 10
    assert {each.lot for each in region.provisions} == {lot.id for lot in region.lots}


def test_every_row_says_where_it_comes_from():
    """A row without a source could pass for a fact."""
    for file in sorted((REGIONS / NAME).glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            assert all(row["source"].strip() for row in csv.DictReader(lines)), file.name


def test_the_place_of_a_confidential_service_is_its_authority_and_nothing_nearer(region):
    confidential = [each for each in region.provisions if each.confidential]
    refuges = [each for each in region.provisions if each.lot == "womens-refuge"]
    assert all(each.confidential for each in refuges)
    for each in confidential:
        assert each.service.location == region.centroids[each.service.authority]


def test_provision_is_for_men_for_women_for_anybody_and_shared(region):
    """Many services hold men and women in pools of their own, under one cap: the everyday crossing."""
    genders = {pool.gender.value for each in region.services for pool in each.pools}
    assert genders == {"male", "female", "any", "same"}
    capped = {name for cap in region.caps if cap.not_authorities for name in cap.services}
    both = [
        each.id
        for each in region.services
        if {"male", "female"} <= {pool.gender.value for pool in each.pools} and each.id in capped
    ]
    assert len(both) >= 10


def test_a_hub_is_shared_by_units_bought_and_not_by_where_it_stands(region):
    """Every partner buys units in each hub, and outsiders have a cap of their own."""
    hubs = {each.service.id for each in region.provisions if each.lot == "complex-needs"}
    for hub in hubs:
        assert {each.authority for each in region.purchases if each.service == hub} == set(PARTNERS)
        (outsiders,) = [cap for cap in region.caps if cap.id == f"{hub}/outside"]
        assert outsiders.not_authorities == set(PARTNERS)


def test_cross_authority_caps_leave_direct_access_and_refuges_alone(region):
    """Direct access is outside the formal arrangement; no local connection is asked of abuse victims."""
    free = {
        each.service.id
        for each in region.provisions
        if each.service.direct_access or each.lot in ("womens-refuge", "male-dv-victims")
    }
    for cap in region.caps:
        if cap.authorities or cap.not_authorities:
            assert not free & cap.services, cap.id


def test_a_name_that_is_no_region_is_refused_with_those_there_are():
    with pytest.raises(InvalidRegion, match=NAME):
        read_region("atlantis")


def test_all_faults_of_all_files_are_named_at_once_by_file_and_row(copy):
    """Thirteen mistakes in eleven files: one refusal names every one of them."""
    copy("authorities.csv", "E08000027,Dudley,partner", "E08000027,Dudley,partners")
    copy("lots.csv", "womens-refuge,Women's refuge,yes", "womens-refuge,Women's refuge,maybe")
    copy("services.csv", "S-02,Black", "S-01,Black")
    copy("services.csv", "complex-needs;rough-sleepers;offenders", "complex-needs;pilots")
    copy("pools.csv", "S-01,f,14", "S-01,f,-14")
    copy("conversions.csv", "S-04,m,f", "S-04,m,z")
    copy("purchases.csv", "S-17,E08000031,4", "S-17,E08000031,40")
    copy("caps.csv", "S-20/non-host,S-20", "S-20/non-host,S-99")
    copy("households.csv", "E08000030,628", "E08000030,many")
    copy("needs.csv", "mental_health,92870", "mental_health,")
    copy("answers.csv", "drug_dependency:2.4", "drug:2.4")
    copy("population.yaml", "dog: 0.04", "dog: 4")
    copy("emergency.yaml", "closing_providers: [Rowan", "closing_providers: [Rowen")
    with pytest.raises(InvalidRegion) as refused:
        read_region(NAME, regions=copy.regions)
    said = "\n".join(refused.value.faults)
    for fault in (
        "authorities.csv row 3, role: 'partners'",
        "lots.csv row 2, known: 'maybe'",
        "services.csv row 3, id: repeats 'S-01'",
        "services.csv row 4, client_groups: 'pilots' is not known",
        "pools.csv row 2, units: -14 is below 0",
        "conversions.csv row 5, to: 'z'",
        "purchases.csv: 50 units bought in S-17, which has 14",
        "caps.csv row 7, services: 'S-99' is not known",
        "households.csv row 4, owed_duty: 'many' is not a number",
        "needs.csv row 9, households: '' is not a number",
        "answers.csv row 9, needs: 'drug' is not known",
        "population.yaml, dog: 4 is not a number from 0 to 1",
        "emergency.yaml, closing_providers: 'Rowen' is not known",
    ):
        assert fault in said


@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        ("pools.csv", "service,pool\nS-01,m\n", "pools.csv: columns are service,pool, must be"),
        ("pools.csv", "service,pool,units,gender,source\nS-01,m\n", "pools.csv row 2: 2 cells, must be 5"),
        ("emergency.yaml", "a: [", "emergency.yaml: is not YAML"),
        ("emergency.yaml", "[]", "emergency.yaml: must hold named values"),
        ("region.yaml", "title: x\nfigures: x\nlead_authority: E08000028\n", "is not a partner"),
        ("region.yaml", "title: x\nfigures: x\n", "region.yaml, lead_authority: is missing"),
        ("risks.csv", "tag,title,need,share,women_times,source\n", "risks.csv: has no row arson"),
    ],
)
def test_a_file_of_another_shape_is_a_fault_of_its_own(copy, file, text, fault):
    (copy.regions / NAME / file).write_text(text, encoding="utf-8")
    with pytest.raises(InvalidRegion) as refused:
        read_region(NAME, regions=copy.regions)
    assert any(fault in each for each in refused.value.faults)


def test_a_missing_file_is_named(copy):
    (copy.regions / NAME / "caps.csv").unlink()
    with pytest.raises(InvalidRegion, match=r"caps\.csv: cannot be read"):
        read_region(NAME, regions=copy.regions)


def test_the_place_of_a_refuge_must_not_be_written_down(copy):
    copy(
        "services.csv",
        "S-09,Refuge Birmingham,womens-refuge,Elder,hub,E08000025,,",
        "S-09,Refuge Birmingham,womens-refuge,Elder,hub,E08000025,52.5,-1.9",
    )
    with pytest.raises(InvalidRegion, match="whose place must not be written down"):
        read_region(NAME, regions=copy.regions)
