"""Every record of every list is what Open Referral UK 3.0 says it must be."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from tests.api.open_referral.records import DETAILS, LISTS, is_, page_of

STANDARD = Path(__file__).parents[4] / "shared" / "open-referral"
"""The standard's own schemas, where somebody has put them beside the project; they are not ours to copy (CC
BY-SA 4.0). The checks in ``records.py`` are complete without them."""

SCHEMAS = {
    "services": ("service_list.json", "service.json"),
    "service_at_locations": ("service_at_location_list.json", "service_at_location.json"),
    "taxonomies": ("taxonomy_list.json", "taxonomy.json"),
    "taxonomy_terms": ("taxonomy_term_list.json", "taxonomy_term.json"),
}


def faults(schema, record):
    validator = Draft202012Validator(
        json.loads((STANDARD / schema).read_text()), format_checker=FormatChecker()
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(record)]


def test_what_this_is(data):
    told = data.told("/")
    is_(DETAILS, told)
    assert data.client.get(told["openapi_url"]).json()["info"]["title"] == "Open Referral UK"
    if STANDARD.exists():
        assert faults("api_details.json", told) == []


@pytest.mark.parametrize("name", LISTS)
def test_every_list_and_every_record_in_it(data, name):
    in_list, whole = LISTS[name]
    page = data.told(f"/{name}?per_page=200")
    is_(page_of(in_list), page)
    assert page["total_items"] == page["size"] == len(page["contents"])
    records = [data.told(f"/{name}/{each['id']}") for each in page["contents"]]
    for each, record in zip(page["contents"], records, strict=True):
        is_(whole, record)
        assert record["id"] == each["id"]
        assert record.get("name") == each.get("name")
    if STANDARD.exists():
        assert faults(SCHEMAS[name][0], page) == []
        assert [fault for each in records for fault in faults(SCHEMAS[name][1], each)] == []


def test_no_id_is_told_of_two_things(data):
    seen = {}

    def look(kind, value):
        if isinstance(value, list):
            for each in value:
                look(kind, each)
        elif isinstance(value, dict):
            if "id" in value:
                assert seen.setdefault(value["id"], kind) == kind
            for name, each in value.items():
                look({"taxonomy_terms": "taxonomy_term"}.get(name, name.removesuffix("s")), each)

    for each in data.all("services"):
        look("service", data.told(f"/services/{each['id']}"))
    assert len(seen) > 300
