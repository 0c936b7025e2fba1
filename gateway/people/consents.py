"""Consent to be referred: who has given it, by the day.

It is a requirement of practice (the referral forms of Kent and Bury ask for it), not the lawful basis of the
gateway's work, which is a public task (UK GDPR, Article 6(1)(e)).
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select

from gateway.people.clusters import members_of
from gateway.people.looking import look_at
from gateway.people.tables import ConsentRow
from gateway.records.actor import Actor
from gateway.storage.work import Work


def has_consent(work: Work, person_id: str, day: date) -> bool:
    """Whether the person agreed to be referred, under any of their ids, and has not taken it back by then."""
    return person_id in consents_on(work, [person_id], day)


def consents_on(work: Work, person_ids: Collection[str], day: date) -> frozenset[str]:
    """Those of these people who have agreed to be referred, in one query."""
    members = members_of(work, person_ids)
    given = select(members.c.asked).join(ConsentRow, ConsentRow.person_id == members.c.id)
    return frozenset(work.all(given.where(stands_on(day))))


def consents_of(person_id: str, *, by: Actor, at: datetime, work: Work) -> Sequence[ConsentRow]:
    """Every consent a person gave under any of their ids, those taken back too; the newest first; recorded.

    Raises
    ------
    NotFound
        If there is no such person, or the case may not be opened.
    PersonErased
        If nothing is kept of them any more.
    """
    found = look_at(person_id, "consents read", by=by, at=at, work=work)
    theirs = select(ConsentRow).where(ConsentRow.person_id.in_(sorted(found.ids)))
    return work.all(theirs.order_by(ConsentRow.given_on.desc(), ConsentRow.id))


def stands_on(day: date) -> ColumnElement[bool]:
    """A condition on consents: given on or before the day, and not withdrawn by it."""
    kept = or_(ConsentRow.withdrawn_on.is_(None), ConsentRow.withdrawn_on > day)
    return (ConsentRow.given_on <= day) & kept
