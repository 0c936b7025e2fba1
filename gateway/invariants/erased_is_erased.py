"""Of an erased person nothing is left but an id, and nothing leads to it."""

from sqlalchemy import or_, select, union

from gateway.invariants.invariant import Invariant
from gateway.invariants.rooms import TABLES
from gateway.people.tables import PersonRow
from gateway.records.erase import STAYS
from gateway.records.reach import paths

_erased = select(PersonRow.id).where(PersonRow.erased_at.is_not(None))
_empty = [column for column in PersonRow.__table__.columns if column.name not in STAYS]
_full = _erased.where(or_(*(column.is_not(None) for column in _empty)))
_leads = [
    select(TABLES.tables[name].c[way.column]).where(TABLES.tables[name].c[way.column].in_(_erased))
    for name, ways in paths().items()
    for way in ways
    if way.leads_to == "people"
]
_found = union(_full, *_leads).subquery()

ERASED_IS_ERASED = Invariant(
    name="erased_is_erased",
    sentence="An erased person has no name, key, referral or anything else left.",
    query=select(_found.c.id).order_by(_found.c.id),
)
