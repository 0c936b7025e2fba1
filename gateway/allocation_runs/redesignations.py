"""A plan would have a unit re-designated: the provider is asked, and decides."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Select, and_, or_, select

from gateway.allocation_runs.states import NEXT_REQUEST
from gateway.allocation_runs.tables import RedesignationRequestRow, RequestStatus
from gateway.directory.designating import DesignationReason, redesignate
from gateway.directory.tables import UnitGender, UnitRow
from gateway.people.clusters import these
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import IllegalMove
from gateway.storage.work import Work


def requests_to_answer(
    work: Work,
    services: Collection[str],
    *,
    after: tuple[datetime, str] | None = None,
    limit: int | None = None,
) -> Sequence[RedesignationRequestRow]:
    """What providers of these services were asked and have not answered, the oldest first.

    Parameters
    ----------
    after, limit
        When the last request of the page before was made, and its id; and how many at most.
    """
    query = select(RedesignationRequestRow).join(UnitRow, UnitRow.id == RedesignationRequestRow.unit_id)
    query = query.where(
        RedesignationRequestRow.status == RequestStatus.ASKED, UnitRow.service_id.in_(these(work, services))
    )
    return work.all(_page(query, after, limit))


def requests_of_run(
    work: Work, run_id: str, *, after: tuple[datetime, str] | None = None, limit: int | None = None
) -> Sequence[RedesignationRequestRow]:
    """What providers were asked by a run, answered or not; as `requests_to_answer`."""
    query = select(RedesignationRequestRow).where(RedesignationRequestRow.run_id == run_id)
    return work.all(_page(query, after, limit))


def _page(
    query: Select[RedesignationRequestRow], after: tuple[datetime, str] | None, limit: int | None
) -> Select[RedesignationRequestRow]:
    asked_at, id = RedesignationRequestRow.asked_at, RedesignationRequestRow.id
    if after is not None:
        query = query.where(or_(asked_at > after[0], and_(asked_at == after[0], id > after[1])))
    return query.order_by(asked_at, id).limit(limit)


def agree_to_redesignate(
    request_id: str, *, from_day: date, by: Actor, at: datetime, work: Work
) -> RedesignationRequestRow:
    """The provider agrees, and the unit is for the other gender from this day on.

    Raises
    ------
    IllegalMove
        If the request was answered or withdrawn.
    Conflict
        If somebody of another gender holds the unit then.
    """
    request = _answered(request_id, RequestStatus.AGREED, None, by=by, at=at, work=work)
    gender = UnitGender(request.to_pool.partition(":")[0])
    redesignate(
        [request.unit_id],
        gender,
        from_day=from_day,
        reason=DesignationReason.DEMAND,
        why=f"Asked for in run {request.run_id}.",
        by=by,
        at=at,
        work=work,
    )
    return request


def refuse_to_redesignate(
    request_id: str, *, why: str, by: Actor, at: datetime, work: Work
) -> RedesignationRequestRow:
    """The provider does not agree, and says why; the line that needed the unit stays without it."""
    return _answered(request_id, RequestStatus.REFUSED, why, by=by, at=at, work=work)


def _answered(
    request_id: str, to: RequestStatus, answer: str | None, *, by: Actor, at: datetime, work: Work
) -> RedesignationRequestRow:
    request = work.get(RedesignationRequestRow, request_id)
    if to not in NEXT_REQUEST[request.status]:
        raise IllegalMove("request", request.id, stands=request.status, wanted=to)
    request.status, request.answered_at, request.answer = to, at, answer
    about = [request.id, request.run_id, request.unit_id]
    write(work, request, what=f"re-designation {to}", by=by, at=at, about=about)
    return request
