"""Nobody's person, referral and agency: whose the rows are that outlive those whom they were about."""

from datetime import datetime

from gateway.records.actor import Actor
from gateway.records.reach import table
from gateway.records.write import write
from gateway.storage.rows import Row
from gateway.storage.work import Work

PERSON, REFERRAL, AGENCY = "P-ERASED", "R-ERASED", "A-ERASED"
"""Their ids; the first two are ``ERASED`` in ``gateway.people.tables`` and ``gateway.referrals.tables``."""


def lay_tombstones(*, by: Actor, at: datetime, work: Work) -> None:
    """Write the three rows, unless they are there."""
    if work.session.get(_kind("people"), PERSON) is not None:
        return
    rows = (
        _kind("people")(id=PERSON, entered_at=at),
        _kind("agencies")(id=AGENCY, name="(erased)", kind="erased", designated=False),
        _kind("referrals")(
            id=REFERRAL,
            person_id=PERSON,
            agency_id=AGENCY,
            entered_by=by.id,
            entered_at=at,
            status="closed",
            status_since=at,
        ),
    )
    write(work, *rows, what="tombstones laid", by=by, at=at, about=[PERSON, REFERRAL])


def _kind(name: str) -> type[Row]:
    wanted = table(name)
    return next(each.class_ for each in Row.registry.mappers if each.local_table is wanted)
