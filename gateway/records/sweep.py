"""Taking what events tell of erased people out of them."""

from collections.abc import Iterator, Sequence
from functools import partial

from sqlalchemy import Select, bindparam, delete, or_, select, update

from gateway.records.reach import in_chunks, table
from gateway.records.redaction import PERSON_ERASED, without
from gateway.records.tables import EventRow, EventSubjectRow, ParticularRow
from gateway.storage.store import Store
from gateway.storage.work import Work

BATCH = 5_000
"""Events read at once."""


def take_out(work: Work, numbers: set[int], ids: set[str]) -> None:
    """Take rows that mention these ids, and the sealed particulars, out of the events of these numbers.

    Events that are also about somebody under a legal hold keep their particulars until it is lifted.
    """
    events = table("events")
    put = update(events).where(events.c.number == bindparam("at")).values(changes=bindparam("now"))
    for chunk in in_chunks(numbers):
        rows = work.session.execute(
            select(EventRow.number, EventRow.changes).where(EventRow.number.in_(chunk))
        )
        changed = [
            {"at": number, "now": after}
            for number, before in rows
            if (after := without(before, ids, work.keys)) != before
        ]
        if changed:
            work.session.connection().execute(put, changed)
        work.session.execute(
            delete(ParticularRow)
            .where(ParticularRow.event.in_(chunk), ParticularRow.event.not_in(_about_the_held()))
            .execution_options(synchronize_session=False)
        )


def _about_the_held() -> Select[int]:
    holds, referrals = table("legal_holds"), table("referrals")
    held = select(holds.c.person_id).where(holds.c.lifted_at.is_(None))
    theirs = select(referrals.c.id).where(referrals.c.person_id.in_(held))
    return select(EventSubjectRow.event).where(
        or_(EventSubjectRow.subject.in_(held), EventSubjectRow.subject.in_(theirs))
    )


def sweep(store: Store) -> int:
    """Take what is left of erased people out of events that tell of many, or that a legal hold had kept.

    Reads every event once, in a view of its own; returns how many events lost something.
    """
    with store.reading() as work:
        ids = set(work.all(_erased_ids()))
        found = {number for numbers in _leftovers(work, ids) for number in numbers} if ids else set()
    for chunk in in_chunks(found, 500):
        store.transact(partial(take_out, numbers=set(chunk), ids=ids))
    return len(found)


def _erased_ids() -> Select[str]:
    return (
        select(EventSubjectRow.subject)
        .join(EventRow, EventRow.number == EventSubjectRow.event)
        .where(EventRow.what == PERSON_ERASED)
        .distinct()
    )


def _leftovers(work: Work, ids: set[str]) -> Iterator[Sequence[int]]:
    yield work.all(
        select(ParticularRow.event)
        .join(EventSubjectRow, EventSubjectRow.event == ParticularRow.event)
        .where(
            EventSubjectRow.subject.in_(_erased_ids().scalar_subquery()),
            ParticularRow.event.not_in(_about_the_held()),
        )
        .distinct()
    )
    last: int | None = None
    while True:
        query = select(EventRow.number, EventRow.changes).order_by(EventRow.number).limit(BATCH)
        rows = work.session.execute(query if last is None else query.where(EventRow.number > last)).all()
        if not rows:
            return
        yield [number for number, changes in rows if without(changes, ids, work.keys) != changes]
        last = rows[-1][0]
