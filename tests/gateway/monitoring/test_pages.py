"""The pages that tell the public what the gateway does say what the code does."""

import os
from pathlib import Path

import pytest

from allocation.eligibility import RULES
from gateway.assessment.scheme import shipped_scheme
from gateway.monitoring.kept_data import kept_data
from gateway.monitoring.public_pages import PAGES, public_page
from gateway.monitoring.states_page import MACHINES, states_page
from gateway.records.retention_rules import RetentionRules
from gateway.schema import MIGRATIONS

DOCS = Path(__file__).parents[3] / "docs"


def page(name):
    if name == "states.md":
        return states_page()
    return public_page(name, scheme=shipped_scheme("new-directions-team"), retention=RetentionRules())


@pytest.mark.parametrize("name", [*PAGES, "states.md"])
def test_the_page_is_what_the_code_says(name):
    """If this fails the code changed. ``UPDATE_PAGES=1`` writes the pages anew: read what they say now."""
    if os.environ.get("UPDATE_PAGES"):
        (DOCS / name).write_text(page(name), encoding="utf-8")
    assert (DOCS / name).read_text(encoding="utf-8") == page(name)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.title)
def test_every_state_is_a_row_and_can_be_reached(machine):
    reached, seen = {machine.start}, set()
    while reached - seen:
        state = min(reached - seen)
        seen.add(state)
        reached |= machine.next[state]
    assert seen == set(machine.next) == set(type(machine.start))


def test_every_rule_of_eligibility_is_told():
    assert all(f"| {rule.code} |" in page("transparency-record.md") for rule in RULES)


def test_every_table_with_something_sealed_is_told():
    told = {each.table: set(each.sealed) for each in kept_data()}
    assert told["people"] >= {"forename", "surname", "born", "address"}
    assert told.keys() <= MIGRATIONS.metadata.tables.keys()
    assert {"referrals", "offers", "event_particulars"} <= told.keys()
