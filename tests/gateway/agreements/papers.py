"""Agreements for the tests of this room: the least that can be made, and what they say."""

from datetime import date
from decimal import Decimal

from gateway.agreements.append_schedule import append_schedule
from gateway.agreements.make import make_agreement
from gateway.agreements.tables import AccessGroup, AgreementKind
from gateway.agreements.terms import Clause, Purchase
from gateway.placements.tables import HoldKind, HoldRow, PlacementRow, PlacementStatus
from gateway.stay import Stay
from tests.gateway.ground import BIRMINGHAM, DUDLEY, NOW, OFFICER, TODAY, WALSALL, put, small_world

BEGAN = date(2025, 4, 1)
TERM = Stay(BEGAN, date(2028, 4, 1))
DOING = {"by": OFFICER, "at": NOW}


def bought(service="S-1", authority=BIRMINGHAM, units=1, price="18200"):
    return Purchase(service_id=service, authority_id=authority, units=units, price=Decimal(price))


def clause(group, *, units=None, weeks=None, service="S-1", authority=None, number=None):
    return Clause(
        clause=number or f"schedule 2, {group}",
        group=group,
        authority_id=authority,
        service_id=service,
        max_units=units,
        max_unit_weeks=None if weeks is None else Decimal(weeks),
    )


OTHERS = clause(AccessGroup.NON_HOST, units=1)


def make(work, kind=AgreementKind.JOINT_PURCHASE, **facts):
    facts = {"parties": [BIRMINGHAM, DUDLEY], "services": ["S-1"], "term": TERM} | facts
    return make_agreement("The hub", kind=kind, lead_id=BIRMINGHAM, **facts, **DOING, work=work)


def append(work, agreement, number=1, *, from_day=BEGAN, purchases=(), clauses=()):
    return append_schedule(
        agreement.id, number, from_day=from_day, purchases=purchases, clauses=clauses, **DOING, work=work
    )


def joint_purchase(work):
    """S-1 bought together: one unit Birmingham's, one Dudley's, one for anybody else."""
    agreement = make(work)
    append(work, agreement, purchases=[bought(), bought(authority=DUDLEY)], clauses=[OTHERS])
    return agreement


def access(work, *clauses, services=("S-1",), parties=(BIRMINGHAM, DUDLEY, WALSALL)):
    agreement = make(work, AgreementKind.ACCESS, services=services, parties=parties)
    append(work, agreement, clauses=clauses)
    return agreement


def hold(work, id, *, unit="U-1-1", person="P-1", authority=BIRMINGHAM, offered=False, **facts):
    """A hold on a unit of the small world, with its placement where somebody lives there."""
    number = person.removeprefix("P-")
    facts = {"from_day": TODAY, "until": None, "cancelled": False} | facts
    if not offered:
        left = facts["until"] is not None
        placement = PlacementRow(
            id=f"PL{id}",
            referral_id=f"R-{number}",
            person_id=person,
            service_id=f"S-{unit.split('-')[1]}",
            authority_id=authority,
            status=PlacementStatus.LEFT if left else PlacementStatus.LIVING,
            from_day=facts["from_day"],
            until=facts["until"],
        )
        put(work, placement)
    row = HoldRow(
        id=id,
        unit_id=unit,
        service_id=f"S-{unit.split('-')[1]}",
        person_id=person,
        referral_id=f"R-{number}",
        placement_id=None if offered else f"PL{id}",
        authority_id=authority,
        kind=HoldKind.OFFER if offered else HoldKind.LIVING,
        **facts,
    )
    return put(work, row)


def world(store):
    store.transact(small_world)
    return store
