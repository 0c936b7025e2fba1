"""No unit has two holders on one day."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from gateway.invariants.invariant import Invariant
from gateway.placements.tables import HoldRow

_one, _other = aliased(HoldRow), aliased(HoldRow)

ONE_HOLDER = Invariant(
    name="one_holder",
    sentence="Two holds of one unit share no day.",
    query=select((_one.id + " and " + _other.id).label("ids"))
    .join(_other, and_(_other.unit_id == _one.unit_id, _one.id < _other.id))
    .where(
        _one.cancelled.is_(False),
        _other.cancelled.is_(False),
        or_(_other.until.is_(None), _one.from_day < _other.until),
        or_(_one.until.is_(None), _other.from_day < _one.until),
    )
    .order_by(_one.id, _other.id),
)
