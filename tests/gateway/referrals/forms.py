"""Forms and people for the tests of this folder, and a counter of queries."""

from gateway.people.tables import ConsentRow
from gateway.referrals.details import ReferralDetails
from gateway.referrals.entering import draft, submit
from gateway.referrals.triaging import put_on_list, take_in
from tests.gateway.ground import (
    NOW,
    OFFICER,
    REFERRER,
    TODAY,
    agency,
    authorities,
    person,
    provider,
    put,
    service,
)


def ground(work):
    """An agency, two services and a person (P-1) who agreed to be referred."""
    authorities(work)
    provider(work)
    agency(work)
    service(work, "S-1")
    service(work, "S-2")
    person(work, forename="Marguerite", surname="Alder")
    put(work, ConsentRow(id="C-1", person_id="P-1", given_on=TODAY, how="on paper"), about=["P-1"])


def form(**facts):
    facts = {"person_id": "P-1", "agency_id": "A-1", "client_groups": ("single-homeless",)} | facts
    return ReferralDetails(**facts)


def drafted(work, at=NOW, **facts):
    return draft(form(**facts), by=REFERRER, at=at, work=work)


def submitted(work, **facts):
    return submit(drafted(work, **facts).id, by=REFERRER, at=NOW, work=work)


def in_triage(work, **facts):
    return take_in(submitted(work, **facts).id, by=OFFICER, at=NOW, work=work)


def waiting(work, **facts):
    return put_on_list(in_triage(work, **facts).id, by=OFFICER, at=NOW, work=work)
