"""Two providers, one of them with a refuge, people who live there, agreements, and somebody of every role."""

from datetime import timedelta

import pytest

from gateway.agreements.tables import AccessGroup, AgreementKind
from gateway.directory.tables import ServiceRow, VoidReason
from gateway.directory.voiding import VoidDetails, put_out_of_service
from gateway.records.actor import Role
from tests.api.doors import account, token
from tests.gateway.agreements.papers import access, clause, hold, joint_purchase
from tests.gateway.ground import (
    BIRMINGHAM,
    DUDLEY,
    NOW,
    OFFICER,
    TODAY,
    WALSALL,
    agency,
    authorities,
    person,
    provider,
    put,
    referral,
    service,
)

REFUGE_ADDRESS = "14 Zinnia Passage"

VOID, ACCESS, JOINT = "W-000001", "AG-ACCESS", "AG-JOINT"


def directory(work):
    """S-1 and S-3 of V-1; S-2, a refuge, of V-2. Somebody lives in U-1-1 and in U-2-1."""
    authorities(work)
    agency(work)
    agency(work, "A-2")
    provider(work, "V-1")
    provider(work, "V-2")
    service(work, "S-1", provider="V-1")
    service(work, "S-2", provider="V-2", confidential=True, authority=DUDLEY, lot="families")
    service(work, "S-3", provider="V-1", authority=WALSALL, latitude=52.5, longitude=-1.9)
    row = work.get(ServiceRow, "S-2")
    row.address = REFUGE_ADDRESS
    put(work, row)
    for number in (1, 2):
        person(work, f"P-{number}")
        referral(work, f"R-{number}", person=f"P-{number}")
    hold(work, "H-1", unit="U-1-1", person="P-1")
    hold(work, "H-2", unit="U-2-1", person="P-2", authority=DUDLEY)
    said = VoidDetails(reason=VoidReason.REPAIRS, from_day=TODAY, until=TODAY + timedelta(days=7))
    return put_out_of_service("U-2-2", said, by=OFFICER, at=NOW, work=work).void


def papers(work):
    """S-1 is bought by Birmingham and Dudley together; others may use a unit of S-3, which is Walsall's."""
    bought = joint_purchase(work)
    weeks = clause(AccessGroup.NON_HOST, service="S-3", weeks="104.5")
    used = access(work, weeks, services=("S-3",), parties=(BIRMINGHAM, WALSALL))
    assert bought.kind is AgreementKind.JOINT_PURCHASE
    return bought.id, used.id


def commissioner(entrance, authority=None):
    """A client with a token of a commissioner of one authority, or of the partnership."""
    id = f"commissioner-{authority or 'all'}"

    def enter(work):
        account(work, id, Role.COMMISSIONER, authority_id=authority)
        return token(work, id, Role.COMMISSIONER)

    return entrance.client(Authorization=f"Bearer {entrance.store.transact(enter)}")


@pytest.fixture
def doors(entrance):
    """The doors of that world; ``ids`` names what the routes' addresses hold, all of V-2 or nobody's."""
    void = entrance.store.transact(directory)
    joint, used = entrance.store.transact(papers)
    entrance.ids = {
        "service_id": "S-2",
        "unit_id": "U-2-1",
        "void_id": void,
        "agreement_id": joint,
        "other_agreement": used,
        "gss": BIRMINGHAM,
        "authority_id": DUDLEY,
        "provider_id": "V-2",
        "agency_id": "A-1",
        "year": 2025,
    }
    return entrance
