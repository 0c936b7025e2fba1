"""What the pages of an emergency are made of: everybody in it, its last run, and what works for it now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from gateway.allocation_runs import run_lists
from gateway.allocation_runs.emergency_people import Standing, proposed_in, standings
from gateway.allocation_runs.queued import newest_task
from gateway.allocation_runs.run_lists import Counted, RunListed
from gateway.allocation_runs.tables import EmergencyRow, EmergencyServiceRow, RunRow, RunStatus
from gateway.directory.tables import ServiceRow
from gateway.people.clusters import these
from gateway.storage.work import Work
from gateway.tasks.tables import TaskKind, TaskRow


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyFacts:
    """An emergency as it stands.

    services
        Names of those that close.
    run, counts, proposed
        The last run of it, if there is one, and its lines counted, which are of others too; and for how many
        people of the emergency it proposes a place.
    fault
        Why the run failed.
    running, offering
        The task that performs the run, and the last one that made offers from it, as long as they are kept.
    """

    row: EmergencyRow
    people: Sequence[Standing]
    services: Sequence[str]
    run: RunListed | None
    counts: Sequence[Counted]
    proposed: int
    fault: str | None
    running: TaskRow | None
    offering: TaskRow | None


def emergency_facts(work: Work, emergency_id: str) -> EmergencyFacts:
    """Everything the board tells; at most eleven queries.

    Raises
    ------
    NotFound
        If there is no such emergency.
    """
    row = work.get(EmergencyRow, emergency_id)
    run = next(iter(run_lists.runs(work, emergency_id=emergency_id, limit=1)), None)
    proposed = run is not None and run.status in (RunStatus.PROPOSED, RunStatus.CLOSED)
    failed = run is not None and run.status is RunStatus.FAILED
    return EmergencyFacts(
        row=row,
        people=standings(work, emergency_id),
        services=_closing(work, emergency_id),
        run=run,
        counts=run_lists.counts_of(work, run.id) if run is not None and proposed else (),
        proposed=proposed_in(work, run.id, emergency_id) if run is not None and proposed else 0,
        fault=work.first(select(RunRow.fault).where(RunRow.id == run.id)) if run and failed else None,
        running=None if run is None or proposed else newest_task(work, TaskKind.RUN, run.id),
        offering=newest_task(work, TaskKind.OFFERS, run.id) if run is not None and proposed else None,
    )


def _closing(work: Work, emergency_id: str) -> Sequence[str]:
    of_it = EmergencyServiceRow.emergency_id == emergency_id
    closing = select(EmergencyServiceRow.service_id).where(of_it)
    return work.all(select(ServiceRow.name).where(ServiceRow.id.in_(closing)).order_by(ServiceRow.name))


def service_names(work: Work, ids: Collection[str | None]) -> Mapping[str, str]:
    """What these services are called, in one query."""
    wanted = {id for id in ids if id is not None}
    query = select(ServiceRow.id, ServiceRow.name).where(ServiceRow.id.in_(these(work, wanted)))
    return dict(work.session.execute(query).all())
