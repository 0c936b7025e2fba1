"""The revisions of a void count up from one and are all of one unit."""

from sqlalchemy import func, or_, select

from gateway.directory.tables import VoidRow
from gateway.invariants.invariant import Invariant

VOID_REVISIONS = Invariant(
    name="void_revisions",
    sentence="The revisions of a void count up from 1 without a gap, and are all of one unit.",
    query=select(VoidRow.void)
    .group_by(VoidRow.void)
    .having(
        or_(
            func.max(VoidRow.revision) != func.count(),
            func.min(VoidRow.revision) != 1,
            func.min(VoidRow.unit_id) != func.max(VoidRow.unit_id),
        )
    )
    .order_by(VoidRow.void),
)
