"""Following whom somebody was merged into ends at a person."""

from sqlalchemy import select
from sqlalchemy.orm import aliased

from gateway.invariants.invariant import Invariant
from gateway.people.tables import PersonRow

_next = aliased(PersonRow)
_up = (
    select(PersonRow.id.label("start"), PersonRow.merged_into.label("at"))
    .where(PersonRow.merged_into.is_not(None))
    .cte("up", recursive=True)
)
_up = _up.union(
    select(_up.c.start, _next.merged_into)
    .join(_next, _next.id == _up.c.at)
    .where(_next.merged_into.is_not(None))
)

MERGES_HAVE_NO_CYCLE = Invariant(
    name="merges_have_no_cycle",
    sentence="Nobody is merged, by whatever way, into themselves.",
    query=select(_up.c.start).where(_up.c.start == _up.c.at).order_by(_up.c.start),
)
