"""The chain's positions count up from one without a gap, and each link has its event."""

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import aliased

from gateway.invariants.invariant import Invariant
from gateway.records.tables import EventRow, LinkRow

_before = aliased(LinkRow)

CHAIN_CONTIGUOUS = Invariant(
    name="chain_contiguous",
    sentence="The links of the chain count up from 1 without a gap, and each has its event.",
    query=select(cast(LinkRow.position, Text))
    .outerjoin(_before, _before.position == LinkRow.position - 1)
    .outerjoin(EventRow, EventRow.number == LinkRow.event)
    .where(or_(_before.position.is_(None) & (LinkRow.position != 1), EventRow.number.is_(None)))
    .order_by(LinkRow.position),
)
