"""A legal hold keeps everything of somebody from being erased (a complaint, a claim, an inquiry)."""

from datetime import datetime

from sqlalchemy import select

from gateway.records.actor import Actor
from gateway.records.reach import table
from gateway.records.tables import LegalHoldRow
from gateway.records.write import write
from gateway.refusals import Conflict, NotFound, refuse
from gateway.storage.work import Work


def place_legal_hold(person_id: str, *, reason: str, by: Actor, at: datetime, work: Work) -> LegalHoldRow:
    """Keep everything of this person, and of whoever they were merged with, until it is lifted.

    Raises
    ------
    Conflict
        If the person was erased already.
    Invalid
        If there is no reason.
    NotFound
        If there is no such person.
    """
    refuse([("reason", "is empty")] if not reason.strip() else [])
    people = table("people")
    erased = work.session.execute(select(people.c.erased_at).where(people.c.id == person_id)).first()
    if erased is None:
        raise NotFound("person", person_id)
    if erased[0] is not None:
        raise Conflict(
            f"Person {person_id} was erased on {erased[0]:%-d %B %Y}: there is nothing left to hold."
        )
    hold = LegalHoldRow(id=work.new_id("LH"), person_id=person_id, reason=reason, set_at=at)
    write(work, hold, what="legal hold placed", by=by, at=at, about=[person_id])
    return hold


def lift_legal_hold(hold_id: str, *, why: str, by: Actor, at: datetime, work: Work) -> LegalHoldRow:
    """Let retention take its course again.

    Raises
    ------
    Conflict
        If it was lifted before.
    Invalid
        If there is no reason.
    NotFound
        If there is no such hold.
    """
    refuse([("why", "is empty")] if not why.strip() else [])
    hold = work.session.get(LegalHoldRow, hold_id)
    if hold is None:
        raise NotFound("legal hold", hold_id)
    if hold.lifted_at is not None:
        raise Conflict(f"Legal hold {hold_id} was lifted on {hold.lifted_at:%-d %B %Y}.")
    hold.lifted_at = at
    write(work, hold, what="legal hold lifted", by=by, at=at, about=[hold.person_id], why=why)
    return hold


def legal_holds(work: Work, person_id: str | None = None) -> list[LegalHoldRow]:
    """The holds that stand, of one person or of everybody, the oldest first."""
    query = select(LegalHoldRow).where(LegalHoldRow.lifted_at.is_(None))
    if person_id is not None:
        query = query.where(LegalHoldRow.person_id == person_id)
    return list(work.all(query.order_by(LegalHoldRow.set_at, LegalHoldRow.id)))
