"""Make an agreement, and end one before its time."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import or_, select

from gateway.agreements.standing import term_of
from gateway.agreements.tables import AgreementKind, AgreementRow, CoveredServiceRow, PartyRow
from gateway.agreements.terms import DIRECT_ACCESS_CLAUSE, JOINT_PURCHASE_CLAUSE, ExcludedServices
from gateway.directory.tables import AuthorityRow, ServiceRow
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import Conflict, refuse
from gateway.stay import Stay
from gateway.storage.work import Work


def make_agreement(  # noqa: PLR0913  an agreement has so many facts
    name: str,
    *,
    kind: AgreementKind,
    lead_id: str,
    parties: Sequence[str],
    services: Sequence[str],
    term: Stay,
    by: Actor,
    at: datetime,
    work: Work,
) -> AgreementRow:
    """Make an agreement between authorities over some services; what it says comes with its first schedule.

    Parameters
    ----------
    kind
        A joint purchase, or access of others to services that each authority buys for itself.
    parties
        All who enter it at its beginning, the lead authority among them.
    term
        Half-open, with an end.

    Raises
    ------
    Invalid
        If an authority or a service is unknown or named twice, the lead is no party, a joint purchase has
        only one, no service is named, or the term has no end.
    ExcludedServices
        If a service is direct access, or if a service is bought jointly and is to be under an access
        agreement in the same time, or bought jointly twice (West London Joint Commissioning Protocol,
        schedule 5).
    """
    refuse(_faults(work, name, kind=kind, lead_id=lead_id, parties=parties, services=services, term=term))
    _refuse_excluded(work, kind, services, term)
    row = AgreementRow(
        id=work.new_id("AG"),
        name=name,
        kind=kind,
        lead_id=lead_id,
        from_day=term.from_day,
        until=term.until,
        ended_on=None,
    )
    entered = [
        PartyRow(agreement_id=row.id, authority_id=each, joined_on=term.from_day, left_on=None)
        for each in parties
    ]
    covered = [CoveredServiceRow(agreement_id=row.id, service_id=each) for each in services]
    write(work, row, *entered, *covered, what="agreement made", by=by, at=at, about=[row.id, *parties])
    return row


def _faults(
    work: Work,
    name: str,
    *,
    kind: AgreementKind,
    lead_id: str,
    parties: Sequence[str],
    services: Sequence[str],
    term: Stay,
) -> Iterator[tuple[str, str]]:
    if not name.strip() or len(name) > 200:
        yield "name", "must be 1 to 200 characters"
    if term.until is None:
        yield "term", "has no end: an agreement is made for a time"
    if lead_id not in parties:
        yield "lead_id", f"{lead_id} is not one of the parties"
    if kind is AgreementKind.JOINT_PURCHASE and len(set(parties)) < 2:
        yield "parties", "must be at least two: they buy together"
    if not services:
        yield "services", "is empty: an agreement is about at least one service"
    yield from _named("parties", "authority", parties, _known(work, AuthorityRow, parties))
    yield from _named("services", "service", services, _known(work, ServiceRow, services))


def _known(work: Work, kind: type[AuthorityRow] | type[ServiceRow], ids: Sequence[str]) -> set[str]:
    return set(work.all(select(kind.id).where(kind.id.in_(ids))))


def _named(field: str, noun: str, ids: Sequence[str], known: set[str]) -> Iterator[tuple[str, str]]:
    for at, each in enumerate(ids):
        if each not in known:
            yield f"{field}[{at}]", f"there is no {noun} {each}"
        elif each in ids[:at]:
            yield f"{field}[{at}]", f"repeats {each}"


def _refuse_excluded(work: Work, kind: AgreementKind, services: Sequence[str], term: Stay) -> None:
    direct = work.all(
        select(ServiceRow.id).where(ServiceRow.id.in_(services), ServiceRow.direct_access.is_(True))
    )
    if direct:
        raise ExcludedServices(direct, DIRECT_ACCESS_CLAUSE)
    # A joint purchase keeps every other agreement out; an access agreement only keeps out a joint purchase.
    in_the_way = (
        tuple(AgreementKind) if kind is AgreementKind.JOINT_PURCHASE else (AgreementKind.JOINT_PURCHASE,)
    )
    query = (
        select(CoveredServiceRow.service_id)
        .join(AgreementRow, AgreementRow.id == CoveredServiceRow.agreement_id)
        .where(
            CoveredServiceRow.service_id.in_(services),
            AgreementRow.kind.in_(in_the_way),
            AgreementRow.from_day < term.until,
            AgreementRow.until > term.from_day,
            or_(AgreementRow.ended_on.is_(None), AgreementRow.ended_on > term.from_day),
        )
    )
    if already := set(work.all(query)):
        raise ExcludedServices(already, JOINT_PURCHASE_CLAUSE)


class NotInForce(Conflict):
    """The agreement does not stand on that day."""

    def __init__(self, agreement_id: str, day: date, term: Stay) -> None:
        self.agreement_id, self.day, self.term = agreement_id, day, term
        super().__init__(
            f"Agreement {agreement_id} stands from {term.from_day} until {term.until}: not on {day}."
        )


def end_agreement(
    agreement_id: str, on: date, *, seen: int | None = None, by: Actor, at: datetime, work: Work
) -> AgreementRow:
    """End an agreement before its term is over; ``on`` is the first day without it.

    Raises
    ------
    NotFound, ChangedMeanwhile
        If there is none, or it was changed since.
    NotInForce
        If ``on`` is not in what is left of its term.
    """
    row = work.get(AgreementRow, agreement_id, seen=seen)
    if on <= row.from_day or on not in term_of(row):
        raise NotInForce(agreement_id, on, term_of(row))
    row.ended_on = on
    write(work, row, what="agreement ended", by=by, at=at, about=[agreement_id])
    return row
