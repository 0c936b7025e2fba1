"""All that is kept of one person, whatever they were referred for, in a fixed small number of queries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from gateway.directory.tables import AuthorityRow, ProviderRow, ServiceRow
from gateway.local_day import local_day
from gateway.monitoring.repeat_presentations import RepeatPresenter, presenter
from gateway.people.identities import Identity, individuals
from gateway.people.person_file import PersonFile, open_person_file
from gateway.people.safety import without_closed
from gateway.people.tables import ConsentRow, ExclusionRow, SafetyAreaRow, SeparationRow
from gateway.placements.forbidden_places import ForbiddenPlace, forbidden_places
from gateway.records.actor import Actor
from gateway.referrals.tables import AgencyRow, ReferralRow
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class WholePerson:
    """One person under all their ids; each list the newest first, what is over among it.

    agencies
        Names by id, of whoever referred them.
    exclusions
        Each with the name of the service, provider or authority that bars them.
    areas
        Each with the name of the authority.
    apart
        Each with who the other one is; none from somebody whose case the reader may not open.
    forbidden
        What they are offered, and where they live, that a rule forbids by now.
    """

    file: PersonFile
    referrals: tuple[ReferralRow, ...]
    agencies: Mapping[str, str]
    presented: RepeatPresenter
    exclusions: tuple[tuple[ExclusionRow, str], ...]
    areas: tuple[tuple[SafetyAreaRow, str], ...]
    apart: tuple[tuple[SeparationRow, Identity], ...]
    consents: tuple[ConsentRow, ...]
    forbidden: tuple[ForbiddenPlace, ...]


def open_whole_person(person_id: str, *, by: Actor, at: datetime, work: Work) -> WholePerson:
    """Read all that is kept of somebody, and record who read it.

    Raises
    ------
    NotFound
        If there is no such person, or the case may not be opened.
    PersonErased
        If nothing is kept of them any more.
    """
    file = open_person_file(person_id, by=by, at=at, work=work)
    ids = sorted({each.row.id for each in (file.root, *file.merged)})
    referrals = select(ReferralRow).where(ReferralRow.person_id.in_(ids))
    consents = select(ConsentRow).where(ConsentRow.person_id.in_(ids))
    found = tuple(work.all(referrals.order_by(ReferralRow.entered_at.desc(), ReferralRow.id)))
    presented = presenter(work, file.root.row.id, as_of=local_day(at))
    named = {each.agency_id for each in found} | {agency for agency, _ in presented.agencies}
    return WholePerson(
        file=file,
        referrals=found,
        agencies=_agencies(work, named),
        presented=presented,
        exclusions=_exclusions(work, ids),
        areas=_areas(work, ids),
        apart=_apart(work, ids, by, at),
        consents=tuple(work.all(consents.order_by(ConsentRow.given_on.desc(), ConsentRow.id))),
        forbidden=tuple(forbidden_places(work, by=by, at=at, person_ids=ids)),
    )


def _agencies(work: Work, ids: Collection[str]) -> Mapping[str, str]:
    query = select(AgencyRow.id, AgencyRow.name).where(AgencyRow.id.in_(sorted(ids)))
    return dict(work.session.execute(query).all())


def _exclusions(work: Work, person_ids: Collection[str]) -> tuple[tuple[ExclusionRow, str], ...]:
    query = select(ExclusionRow).where(ExclusionRow.person_id.in_(sorted(person_ids)))
    return with_names(work, work.all(query.order_by(ExclusionRow.from_day.desc(), ExclusionRow.id)))


def with_names(work: Work, exclusions: Sequence[ExclusionRow]) -> tuple[tuple[ExclusionRow, str], ...]:
    """These exclusions, each with the name of the service, provider or authority that bars; one query."""
    named = (
        select(ExclusionRow.id, func.coalesce(ServiceRow.name, ProviderRow.name, AuthorityRow.name))
        .outerjoin(ServiceRow, ServiceRow.id == ExclusionRow.service_id)
        .outerjoin(ProviderRow, ProviderRow.id == ExclusionRow.provider_id)
        .outerjoin(AuthorityRow, AuthorityRow.id == ExclusionRow.authority_id)
        .where(ExclusionRow.id.in_([each.id for each in exclusions]))
    )
    names = dict(work.session.execute(named).all()) if exclusions else {}
    return tuple((each, names[each.id]) for each in exclusions)


def _areas(work: Work, ids: Collection[str]) -> tuple[tuple[SafetyAreaRow, str], ...]:
    query = (
        select(SafetyAreaRow, AuthorityRow.name)
        .join(AuthorityRow, AuthorityRow.id == SafetyAreaRow.authority_id)
        .where(SafetyAreaRow.person_id.in_(ids))
        .order_by(SafetyAreaRow.set_on.desc(), SafetyAreaRow.id)
    )
    return tuple((row, name) for row, name in work.session.execute(query))


def _apart(
    work: Work, ids: Collection[str], by: Actor, at: datetime
) -> tuple[tuple[SeparationRow, Identity], ...]:
    either = or_(SeparationRow.person_id.in_(ids), SeparationRow.other_id.in_(ids))
    query = select(SeparationRow).where(either).order_by(SeparationRow.set_on.desc(), SeparationRow.id)
    rows = without_closed(work, work.all(query), by, at)
    others = {each.id: _other(each, ids) for each in rows}
    who = {
        id: each.identity
        for each in (individuals(work, sorted(set(others.values()))) if others else ())
        for id in each.known
    }
    return tuple((row, who[others[row.id]]) for row in rows if others[row.id] in who)


def _other(row: SeparationRow, ids: Collection[str]) -> str:
    return row.other_id if row.person_id in ids else row.person_id
