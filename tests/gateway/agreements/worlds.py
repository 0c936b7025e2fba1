"""Random agreements and holdings, and the slow reading of a clause person by person."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from gateway.agreements.holding import Holding
from gateway.agreements.tables import AccessGroup, AgreementKind
from gateway.agreements.terms import Agreement, Clause, CoveredService, Purchase
from gateway.stay import Stay
from tests.gateway.ground import BIRMINGHAM, DUDLEY, WALSALL, WOLVERHAMPTON

AUTHORITIES = (BIRMINGHAM, DUDLEY, WALSALL, WOLVERHAMPTON)
SERVICES = ("S-1", "S-2")
TERM = Stay(date(2025, 4, 1), date(2028, 4, 1))


@st.composite
def clauses(draw, *, weeks=True):
    """Up to three clauses; each limits units, unit weeks, or both."""
    found = []
    for number in range(draw(st.integers(0, 3))):
        group = draw(st.sampled_from(AccessGroup))
        units = draw(st.none() | st.integers(0, 3)) if weeks else draw(st.integers(0, 3))
        found.append(
            Clause(
                clause=f"2({number})",
                group=group,
                authority_id=draw(st.sampled_from(AUTHORITIES)) if group is AccessGroup.AUTHORITY else None,
                service_id=draw(st.sampled_from(SERVICES)),
                max_units=units,
                max_unit_weeks=draw(st.integers(0, 300).map(Decimal)) if units is None else None,
            )
        )
    return tuple(found)


@st.composite
def agreements(draw, *, weeks=True):
    """An agreement over S-1 (Birmingham's) and S-2 (Dudley's), one of them perhaps direct access by now."""
    kind = draw(st.sampled_from(AgreementKind))
    parties = draw(st.sets(st.sampled_from(AUTHORITIES), min_size=2))
    purchases = []
    if kind is AgreementKind.JOINT_PURCHASE:
        pairs = st.sets(st.tuples(st.sampled_from(SERVICES), st.sampled_from(sorted(parties))), min_size=1)
        purchases = [
            Purchase(service_id=service, authority_id=buyer, units=draw(st.integers(0, 2)), price=Decimal(1))
            for service, buyer in sorted(draw(pairs))
        ]
    return Agreement(
        id="AG-1",
        kind=kind,
        term=TERM,
        parties=frozenset(parties),
        secondary=draw(st.frozensets(st.sampled_from(AUTHORITIES), max_size=1)),
        services=(
            CoveredService(id="S-1", authority_id=BIRMINGHAM),
            CoveredService(id="S-2", authority_id=DUDLEY, direct_access=draw(st.booleans())),
        ),
        schedule=1,
        purchases=tuple(purchases),
        clauses=draw(clauses(weeks=weeks)),
    )


@st.composite
def holdings(draw):
    """Up to six people, each of whom lives in, or is offered, one or two units of a service."""
    return tuple(
        Holding(
            service_id=draw(st.sampled_from(SERVICES)),
            authority_id=draw(st.none() | st.sampled_from(AUTHORITIES)),
            person_id=f"P-{number}",
            offered=draw(st.booleans()),
            units=draw(st.integers(1, 2)),
        )
        for number in range(draw(st.integers(0, 6)))
    )


def site(agreement, service):
    return next(each.authority_id for each in agreement.services if each.id == service)


def is_host(agreement, service, authority):
    """Whose service it is: by purchase where it was bought together, else by where it stands."""
    if agreement.kind is AgreementKind.ACCESS:
        return authority == site(agreement, service)
    return any(
        each.service_id == service and each.authority_id == authority and each.units > 0
        for each in agreement.purchases
    )


def is_about(agreement, clause, service, authority):
    """Whether a clause speaks of one person from ``authority`` in ``service``, in the words of the paper."""
    direct = next(each.direct_access for each in agreement.services if each.id == service)
    if direct or clause.service_id not in (None, service):
        return False
    party, secondary = authority in agreement.parties, authority in agreement.secondary
    match clause.group:
        case AccessGroup.AUTHORITY:
            return authority == clause.authority_id
        case AccessGroup.NON_HOST:
            return not is_host(agreement, service, authority)
        case AccessGroup.NON_PARTY:
            return not party
        case AccessGroup.SECONDARY:
            return secondary
        case AccessGroup.OUTSIDE:
            return not party and not secondary


def broken(agreement, people):
    """The words of an agreement that people (service, authority, units) break, read person by person."""
    found = set()
    for bought in agreement.purchases:
        direct = next(each.direct_access for each in agreement.services if each.id == bought.service_id)
        held = sum(
            units
            for service, authority, units in people
            if service == bought.service_id and authority == bought.authority_id
        )
        if not direct and held > bought.units:
            found.add(f"schedule 1, units of {bought.service_id} bought by {bought.authority_id}")
    for clause in agreement.clauses:
        held = sum(
            units for service, authority, units in people if is_about(agreement, clause, service, authority)
        )
        if clause.max_units is not None and held > clause.max_units:
            found.add(clause.clause)
    return found
