"""People who live in units, or were offered them."""

from gateway.people.tables import PersonRow
from gateway.placements.states import PlacementStatus
from gateway.placements.tables import HoldKind, HoldRow, PlacementRow
from tests.gateway.ground import TODAY, put


def lives(work, id, unit, person=1, *, from_day=TODAY, until=None, service="S-1"):
    """Person P-<person> of referral R-<person> lives in a unit, by hold ``id``."""
    placement = PlacementRow(
        id=f"L-{id}",
        referral_id=f"R-{person}",
        person_id=f"P-{person}",
        service_id=service,
        status=PlacementStatus.LIVING if until is None else PlacementStatus.LEFT,
        from_day=from_day,
        until=until,
    )
    facts = {"kind": HoldKind.LIVING, "placement_id": placement.id}
    put(work, placement, _hold(id, unit, person, service, from_day, until, **facts))


def is_offered(work, id, unit, person=1, *, from_day=TODAY, until=None, service="S-1", cancelled=False):
    """Person P-<person> of referral R-<person> was offered a unit, by hold ``id``."""
    facts = {"kind": HoldKind.OFFER, "cancelled": cancelled}
    put(work, _hold(id, unit, person, service, from_day, until, **facts))


def _hold(id, unit, person, service, from_day, until, **facts):
    return HoldRow(
        id=id,
        unit_id=unit,
        service_id=service,
        person_id=f"P-{person}",
        referral_id=f"R-{person}",
        from_day=from_day,
        until=until,
        **facts,
    )


def recorded_as(work, *genders):
    """P-1, P-2 … are recorded as of these genders."""
    for number, gender in enumerate(genders, start=1):
        row = work.get(PersonRow, f"P-{number}")
        if row.gender != gender:
            row.gender = gender
            put(work, row)
