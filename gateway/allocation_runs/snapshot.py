"""Reading everything a run needs, at one moment, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select

from gateway.agreements.quotas import quotas_on
from gateway.allocation_runs.asking import Snapshot
from gateway.allocation_runs.candidates import candidates
from gateway.allocation_runs.places import Places, holds_after, places, services_in
from gateway.allocation_runs.scope import Scope
from gateway.directory.tables import AuthorityRow
from gateway.people.exclusions import bars, exclusions_in_force
from gateway.people.safety import safety_areas_of, separations
from gateway.placements.tables import HoldRow
from gateway.storage.work import Work


def snapshot(work: Work, scope: Scope) -> Snapshot:
    """Everything a run of this scope knows, as it stands now."""
    there = places(work, scope)
    who = candidates(work, scope)
    people = sorted({each.person for each in who})
    return Snapshot(
        scope=scope,
        places=there,
        candidates=who,
        unsafe=safety_areas_of(work, people, scope.as_of),
        barred=_barred(work, people, scope, there),
        apart=frozenset(separations(work, people, scope.as_of)),
        quotas=tuple(each for each in quotas_on(work, scope.as_of) if each.id not in scope.lifted),
        outside=_outside(work, scope),
        centroids=_centroids(work),
    )


def snapshot_of(
    work: Work, scope: Scope, referral_id: str, *, within: Collection[str] | None = None
) -> Snapshot:
    """What there is for one referral outside of any run: without quotas, and without anybody else in it.

    within
        As `places`.
    """
    there = places(work, scope, within=within)
    who = candidates(work, scope, only=referral_id)
    people = [each.person for each in who]
    return Snapshot(
        scope=scope,
        places=there,
        candidates=who,
        unsafe=safety_areas_of(work, people, scope.as_of),
        barred=_barred(work, people, scope, there),
        apart=frozenset(),
        quotas=(),
        outside={},
        centroids=_centroids(work),
    )


def _barred(work: Work, people: Sequence[str], scope: Scope, there: Places) -> Mapping[str, frozenset[str]]:
    """The services each person is excluded from."""
    found: dict[str, set[str]] = defaultdict(set)
    for person, exclusions in exclusions_in_force(work, people, scope.as_of).items():
        for exclusion in exclusions:
            found[person] |= {
                id
                for id, service in there.services.items()
                if bars(
                    exclusion,
                    service_id=id,
                    provider_id=service.provider_id,
                    authority_id=service.authority_id,
                )
            }
    return {person: frozenset(services) for person, services in found.items()}


def _outside(work: Work, scope: Scope) -> Mapping[tuple[str, str | None], int]:
    """Units held in services the run does not look at, by service and home authority."""
    query = (
        select(HoldRow.service_id, HoldRow.authority_id, func.count(HoldRow.unit_id.distinct()))
        .where(HoldRow.service_id.not_in(services_in(scope)), holds_after(scope.as_of))
        .group_by(HoldRow.service_id, HoldRow.authority_id)
    )
    return {(service, authority): units for service, authority, units in work.session.execute(query)}


def _centroids(work: Work) -> Mapping[str, tuple[float, float]]:
    query = select(AuthorityRow.id, AuthorityRow.latitude, AuthorityRow.longitude)
    return {
        id: (latitude, longitude)
        for id, latitude, longitude in work.session.execute(query)
        if latitude is not None and longitude is not None
    }
