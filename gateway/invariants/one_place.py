"""Nobody lives in two places, whichever of their merged ids it is under, and no id has two offers.

Two people who turn out to be one may each have an offer at that moment; a merge with two homes is refused.
"""

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import aliased

from gateway.invariants.invariant import Invariant
from gateway.people.tables import PersonRow
from gateway.placements.states import HOLDING, PlacementStatus
from gateway.placements.tables import OfferRow, PlacementRow

_next = aliased(PersonRow)
_up = (
    select(PlacementRow.id.label("placement"), PlacementRow.person_id.label("person"))
    .where(PlacementRow.status == PlacementStatus.LIVING)
    .cte("up", recursive=True)
)
_up = _up.union(
    select(_up.c.placement, _next.merged_into)
    .join(_next, _next.id == _up.c.person)
    .where(_next.merged_into.is_not(None))
)
_living = (
    select(_up.c.person)
    .join(PersonRow, PersonRow.id == _up.c.person)
    .where(PersonRow.merged_into.is_(None))
    .group_by(_up.c.person)
    .having(func.count() > 1)
)
_offered = (
    select(OfferRow.person_id.label("person"))
    .where(OfferRow.status.in_(sorted(HOLDING)))
    .group_by(OfferRow.person_id)
    .having(func.count() > 1)
)
_found = union_all(_living, _offered).subquery()

ONE_PLACE = Invariant(
    name="one_place",
    sentence="A person lives in one place at most, and has one live offer at most.",
    query=select(_found.c.person).distinct().order_by(_found.c.person),
)
