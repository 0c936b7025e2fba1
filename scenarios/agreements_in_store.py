"""A region's purchases and caps as agreements in a store, made by the gateway's own use cases.

What ``caps.csv`` says with sets of authorities an agreement says with groups, so each cap becomes the clause
that means the same: whoever is not of the service's own authority (non-host), not of a party (non-party), of
a neighbour (secondary), or of one authority named. The clause bears the cap's name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from allocation.problem import Quota
from gateway.agreements.append_schedule import append_schedule
from gateway.agreements.make import make_agreement
from gateway.agreements.tables import AccessGroup, AgreementKind, AgreementRow
from gateway.agreements.terms import Clause, Purchase
from gateway.records.actor import Actor
from gateway.stay import Stay
from gateway.storage.work import Work
from scenarios.ground import Ground
from scenarios.region_parts import Region
from scenarios.scale import purchase_quotas

PRICES: Mapping[str | None, Decimal] = {
    "hub": Decimal(18200),
    "local": Decimal(7540),
    "floating": Decimal(3380),
}
"""Pounds per unit and year by tier; ours (£350, £145, £65 a week), because the real ones are not public."""


class CannotBeAgreed(ValueError):
    """A cap that no clause of an agreement can say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionAgreements:
    """What became of a region's purchases and caps.

    agreements
        As made, each with its first schedule: the joint purchase first.
    risk_caps
        Caps that are in no agreement, because they are about risks and not about authorities.
    narrowed
        Caps that name jointly purchased services beside others. They stand for the others only: a jointly
        purchased service's own agreement sets access to it (West London Joint Commissioning Protocol,
        schedule 5).
    """

    agreements: tuple[AgreementRow, ...]
    risk_caps: tuple[str, ...]
    narrowed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paper:
    """An agreement to be, with the caps that become its clauses."""

    name: str
    kind: AgreementKind
    parties: tuple[str, ...]
    purchases: tuple[Purchase, ...] = ()
    caps: tuple[Quota, ...]

    @property
    def services(self) -> tuple[str, ...]:
        """The services that it covers."""
        capped = frozenset[str]().union(*map(_services, self.caps))
        return tuple(sorted(capped | {each.service_id for each in self.purchases}))


def agreements_in_store(
    ground: Ground, services: Mapping[str, str], *, term: Stay, by: Actor, at: datetime, work: Work
) -> RegionAgreements:
    """Make the agreements of a region, at the size of ``ground``.

    ``services`` are the ids in the store by those of the region (`scenarios.region_in_store`). The
    authorities must be there, the region's neighbours with the secondary role. One joint purchase holds
    every service that was bought together; one access agreement between all partners holds the other
    services that are capped; and a service that some of the partners host together has an agreement of
    theirs beside it.

    Raises
    ------
    CannotBeAgreed
        If a cap is none that a clause can say.
    gateway.refusals.Refusal
        As ``make_agreement`` and ``append_schedule`` do.
    """
    names = {each.id for each in ground.region.caps}
    caps = [each for each in ground.quotas if each.id in names]
    purchases = tuple(_purchases(ground))
    bought = frozenset(each.service_id for each in purchases)
    of_authorities = [each for each in caps if not each.tags]
    papers = list(_papers(ground.region, of_authorities, purchases, bought))
    made = [_make(ground.region, paper, services, term=term, by=by, at=at, work=work) for paper in papers]
    return RegionAgreements(
        agreements=tuple(made),
        risk_caps=tuple(each.id for each in caps if each.tags),
        narrowed=tuple(each.id for each in of_authorities if _is_mixed(each, bought)),
    )


def _is_mixed(cap: Quota, bought: frozenset[str]) -> bool:
    return bool(_services(cap) & bought) and bool(_services(cap) - bought)


def _services(cap: Quota) -> frozenset[str]:
    if cap.services is None:
        raise CannotBeAgreed(f"{cap.id} names no service, and an agreement is about some")
    return cap.services


def _purchases(ground: Ground) -> Iterator[Purchase]:
    """The units each partner bought, at the size of the ground."""
    tiers = {each.id: each.tier for each in ground.services}
    sizes = {
        each.id: each.max_units or 0 for each in purchase_quotas(ground.region.purchases, ground.staying)
    }
    for each in ground.region.purchases:
        units = sizes.get(f"{each.service}/{each.authority}")
        # At a very small size nothing of a service may be bought at all.
        if units:
            yield Purchase(
                service_id=each.service,
                authority_id=each.authority,
                units=units,
                price=PRICES[tiers[each.service]],
            )


def _papers(
    region: Region, caps: Sequence[Quota], purchases: tuple[Purchase, ...], bought: frozenset[str]
) -> Iterator[_Paper]:
    joint = [each for each in caps if _services(each) <= bought]
    access = [replace(each, services=_services(each) - bought) for each in caps if each not in joint]
    shared = [each for each in access if _is_hosted_by_some(region, each)]
    between_all = [each for each in access if each not in shared]
    if purchases:
        yield _Paper(
            name=f"{region.title}: joint purchase",
            kind=AgreementKind.JOINT_PURCHASE,
            parties=region.partners,
            purchases=purchases,
            caps=tuple(joint),
        )
    if between_all:
        yield _access(f"{region.title}: access", region.partners, between_all)
    called = {each.service.id: each.name for each in region.provisions}
    for each in shared:
        places = " and ".join(called[id] for id in sorted(_services(each)))
        name = f"{region.title}: access to {places}"
        yield _access(name, tuple(sorted(each.not_authorities or ())), [each])


def _is_hosted_by_some(region: Region, cap: Quota) -> bool:
    """Whether it caps those who are not of some of the partners: of several, and not of all."""
    hosts = cap.not_authorities or frozenset()
    return len(hosts) > 1 and hosts < frozenset(region.partners)


def _access(name: str, parties: tuple[str, ...], caps: Sequence[Quota]) -> _Paper:
    return _Paper(name=name, kind=AgreementKind.ACCESS, parties=parties, caps=tuple(caps))


def _make(
    region: Region,
    paper: _Paper,
    ids: Mapping[str, str],
    *,
    term: Stay,
    by: Actor,
    at: datetime,
    work: Work,
) -> AgreementRow:
    clauses = [_clause(region, paper, each, ids) for each in paper.caps]
    lead = region.lead_authority if region.lead_authority in paper.parties else paper.parties[0]
    made = make_agreement(
        paper.name,
        kind=paper.kind,
        lead_id=lead,
        parties=paper.parties,
        services=[ids[each] for each in paper.services],
        term=term,
        by=by,
        at=at,
        work=work,
    )
    append_schedule(
        made.id,
        1,
        from_day=term.from_day,
        purchases=[replace(each, service_id=ids[each.service_id]) for each in paper.purchases],
        clauses=clauses,
        by=by,
        at=at,
        work=work,
    )
    return made


def _clause(region: Region, paper: _Paper, cap: Quota, ids: Mapping[str, str]) -> Clause:
    group = _group(region, paper, cap)
    named = sorted(cap.authorities or ()) if group is AccessGroup.AUTHORITY else [None]
    services = sorted(_services(cap))
    if len(services) > 1 and tuple(services) != paper.services:
        raise CannotBeAgreed(f"{cap.id} is about several services of {paper.name}, and not about all")
    return Clause(
        clause=cap.id,
        group=group,
        authority_id=named[0],
        service_id=ids[services[0]] if len(services) == 1 else None,
        max_units=cap.max_units,
    )


def _group(region: Region, paper: _Paper, cap: Quota) -> AccessGroup:
    """The group of an agreement that is the cap's set of authorities."""
    sites = frozenset(
        each.service.authority for each in region.provisions if each.service.id in _services(cap)
    )
    neighbours = frozenset(each.gss for each in region.authorities if each.role == "neighbour")
    if cap.authorities is None and cap.not_authorities == frozenset(paper.parties):
        return AccessGroup.NON_PARTY
    if cap.authorities is None and cap.not_authorities == sites and paper.kind is AgreementKind.ACCESS:
        return AccessGroup.NON_HOST
    if cap.not_authorities is None and cap.authorities == neighbours:
        return AccessGroup.SECONDARY
    if cap.not_authorities is None and cap.authorities is not None and len(cap.authorities) == 1:
        return AccessGroup.AUTHORITY
    raise CannotBeAgreed(f"{cap.id} is about authorities that are no group of an agreement")
