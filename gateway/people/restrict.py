"""Restricting a case, saying who may open it, and breaking the glass."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from gateway.people.access import open_person, person_to_change
from gateway.people.clusters import cluster
from gateway.people.tables import GrantRow, PersonRow
from gateway.records.actor import Actor, Role
from gateway.records.write import write
from gateway.refusals import Conflict, NotFound, refuse
from gateway.storage.work import Work

GLASS_HOURS = 24
"""For how many hours a broken glass opens a case at most: a setting of this gateway."""

GLASS_ROLES = frozenset({Role.OFFICER, Role.DUTY_MANAGER})
"""Who may break the glass: those who answer for a person's safety out of hours. To others it is not there."""


class NotRestricted(Conflict):
    """A case that everybody may open needs no grant."""

    def __init__(self, person_id: str) -> None:
        self.person_id = person_id
        super().__init__(f"The case of person {person_id} is not restricted.")


class AlreadyRestricted(Conflict):
    """A case is restricted once."""

    def __init__(self, person_id: str) -> None:
        self.person_id = person_id
        super().__init__(f"The case of person {person_id} is restricted already.")


class GrantOver(Conflict):
    """A grant that has run out or was revoked cannot be revoked."""

    def __init__(self, grant_id: str) -> None:
        self.grant_id = grant_id
        super().__init__(f"Grant {grant_id} is over already.")


def restrict_case(
    person_id: str, *, until: datetime, why: str, seen: int, by: Actor, at: datetime, work: Work
) -> PersonRow:
    """Close a case to all who have no grant; whoever closes it holds the first, until the moment given.

    Raises
    ------
    NotFound
        If there is no such person, or the case may not be opened.
    AlreadyRestricted, PersonErased, ChangedMeanwhile
        If it cannot be closed as it stands.
    Invalid
        If no reason is given, or the grant would be over before it begins.
    """
    person = person_to_change(work, person_id, by, at, seen=seen)
    refuse(_faults(why, at, until))
    if person.restricted:
        raise AlreadyRestricted(person_id)
    person.restricted = True
    grant = _grant(work, person_id, by.id, why=why, at=at, until=until)
    write(work, person, grant, what="case restricted", by=by, at=at, about=[person_id], why=why)
    return person


def lift_restriction(
    person_id: str, *, why: str, seen: int, by: Actor, at: datetime, work: Work
) -> PersonRow:
    """Let everybody open the case again.

    Raises
    ------
    NotFound
        If there is no such person, or the case may not be opened.
    NotRestricted, PersonErased, ChangedMeanwhile
        If there is no restriction to lift as it stands.
    Invalid
        If no reason is given.
    """
    person = person_to_change(work, person_id, by, at, seen=seen)
    refuse(_faults(why, at, None))
    if not person.restricted:
        raise NotRestricted(person_id)
    person.restricted = False
    write(work, person, what="restriction lifted", by=by, at=at, about=[person_id], why=why)
    return person


def grant_access(
    person_id: str, holder: str, *, until: datetime, why: str, by: Actor, at: datetime, work: Work
) -> GrantRow:
    """Let somebody else open a restricted case, until a moment; only who may open it lets others.

    Raises
    ------
    NotFound
        If there is no such person, or the case may not be opened.
    NotRestricted, PersonErased
        If there is nothing to grant.
    Invalid
        If no holder or reason is given, or it would be over before it begins.
    """
    person = person_to_change(work, person_id, by, at)
    refuse([*([] if holder else [("holder", "is empty")]), *_faults(why, at, until)])
    if not person.restricted:
        raise NotRestricted(person_id)
    grant = _grant(work, person_id, holder, why=why, at=at, until=until)
    write(work, grant, what="access granted", by=by, at=at, about=[person_id], why=why)
    return grant


def revoke_access(grant_id: str, *, why: str, by: Actor, at: datetime, work: Work) -> GrantRow:
    """Take a grant back.

    Raises
    ------
    NotFound
        If there is no such grant, or the case may not be opened.
    GrantOver
        If it has run out, or was taken back.
    Invalid
        If no reason is given.
    """
    grant = work.get(GrantRow, grant_id)
    try:
        open_person(work, grant.person_id, by, at)
    except NotFound:
        raise NotFound("grant", grant_id) from None
    refuse(_faults(why, at, None))
    if grant.revoked_at is not None or grant.until <= at:
        raise GrantOver(grant_id)
    grant.revoked_at = at
    write(work, grant, what="access revoked", by=by, at=at, about=[grant.person_id], why=why)
    return grant


def break_glass(
    person_id: str, *, hours: int, why: str, by: Actor, at: datetime, work: Work, most: int = GLASS_HOURS
) -> tuple[GrantRow, ...]:
    """Open a restricted case without a grant, for some hours, because somebody's safety depends on it.

    The event, "broke the glass", is what auditors look for.

    Parameters
    ----------
    hours
        For how long, at most ``most``.

    Returns
    -------
    tuple of GrantRow
        One for each restricted id of the person, all with ``broken_glass``.

    Raises
    ------
    NotFound
        If there is no such person, or the role may not break the glass: the sentence is the same.
    NotRestricted
        If everybody may open the case.
    Invalid
        If no reason is given, or the hours are too many or none.
    """
    ids = cluster(work, person_id)
    if by.role not in GLASS_ROLES:
        raise NotFound("person", person_id)
    until = at + timedelta(hours=hours)
    refuse([*_hours_faults(hours, most), *_faults(why, at, None)])
    restricted = work.where(PersonRow, PersonRow.id.in_(sorted(ids)), PersonRow.restricted)
    if not restricted:
        raise NotRestricted(person_id)
    grants = tuple(
        _grant(work, id, by.id, why=why, at=at, until=until, broken_glass=True)
        for id in sorted(each.id for each in restricted)
    )
    about = sorted({person_id, *(each.person_id for each in grants)})
    write(work, *grants, what="broke the glass", by=by, at=at, about=about, why=why)
    return grants


def _grant(
    work: Work,
    person_id: str,
    holder: str,
    *,
    why: str,
    at: datetime,
    until: datetime,
    broken_glass: bool = False,
) -> GrantRow:
    return GrantRow(
        id=work.new_id("G"),
        person_id=person_id,
        holder=holder,
        broken_glass=broken_glass,
        why=why,
        granted_at=at,
        until=until,
    )


def _faults(why: str, at: datetime, until: datetime | None) -> Iterator[tuple[str, str]]:
    if not why.strip():
        yield "why", "is empty: say why"
    if until is not None and until <= at:
        yield "until", f"is {until}, must be after {at}"


def _hours_faults(hours: int, most: int) -> Iterator[tuple[str, str]]:
    if not 1 <= hours <= most:
        yield "hours", f"is {hours}, must be from 1 to {most}"
