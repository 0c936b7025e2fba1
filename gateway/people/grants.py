"""Who may open a restricted case, and whose glass was broken."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select

from gateway.people.looking import look_at
from gateway.people.tables import GrantRow
from gateway.records.actor import Actor
from gateway.storage.work import Work


def grants_of(person_id: str, *, by: Actor, at: datetime, work: Work) -> Sequence[GrantRow]:
    """Every grant for any id of a person, those that are over among them, the oldest first; recorded.

    Raises
    ------
    NotFound
        If there is no such person, or the case may not be opened.
    PersonErased
        If nothing is kept of them any more.
    """
    found = look_at(person_id, "grants read", by=by, at=at, work=work)
    theirs = select(GrantRow).where(GrantRow.person_id.in_(sorted(found.ids)))
    return work.all(theirs.order_by(GrantRow.granted_at, GrantRow.id))


def broken_glass(
    work: Work, *, after: tuple[datetime, str] | None = None, most: int = 50
) -> Sequence[GrantRow]:
    """Every broken glass, the newest first and then by id, for the auditor, to whom no case is closed.

    It tells of nobody but by their ids and by the reason given.

    Parameters
    ----------
    after
        Moment and id of the last one of the page before.
    """
    query = select(GrantRow).where(GrantRow.broken_glass)
    if after is not None:
        moment, id = after
        later = and_(GrantRow.granted_at == moment, GrantRow.id > id)
        query = query.where(or_(GrantRow.granted_at < moment, later))
    return work.all(query.order_by(GrantRow.granted_at.desc(), GrantRow.id).limit(most))
