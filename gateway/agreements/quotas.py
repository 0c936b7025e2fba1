"""The quotas of a problem, each from the words of an agreement (docs/agreements.md has the table)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor

from allocation.problem import Quota
from gateway.agreements.holding import days_lived, selects
from gateway.agreements.limit_words import numbered, so_many
from gateway.agreements.standing import agreements_in_force
from gateway.agreements.tables import AccessGroup
from gateway.agreements.terms import Agreement, Clause
from gateway.agreements.years import unit_days, unit_weeks, year_of, years_of
from gateway.refusals import refuse
from gateway.stay import Stay
from gateway.storage.work import Work

Days = Mapping[tuple[str, str | None], int]
"""Unit days lived in this agreement year, by service and authority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A quota, and the words of the agreement that it comes from.

    clause
        As the paper numbers it, or which schedule's purchase it is.
    because
        Why the number is what it is, in words.
    """

    quota: Quota
    agreement_id: str
    clause: str
    because: str

    @property
    def reference(self) -> str:
        """Where the paper says it: ``agreement AG-1, clause 7b``."""
        return f"agreement {self.agreement_id}, {numbered(self.clause)}"


def quotas_on(work: Work, day: date, *, stay_days: int | None = None) -> tuple[Quota, ...]:
    """Every quota of the agreements in force on a day, in the order of their ids.

    They name services and authorities as the directory does. A problem that looks at some services only must
    lower each quota by what is held in the others.

    Parameters
    ----------
    stay_days
        How long somebody who is placed now stays at the most, for caps in unit weeks. ``None``: nobody knows,
        and they may stay as long as the agreement lasts.

    Raises
    ------
    Invalid
        If ``stay_days`` is below 1.
    """
    return tuple(each.quota for each in limits_on(work, day, stay_days=stay_days))


def limits_on(
    work: Work,
    day: date,
    *,
    covering: Collection[str] | None = None,
    among: Collection[str] | None = None,
    stay_days: int | None = None,
) -> tuple[Limit, ...]:
    """As `quotas_on`, each with its words.

    Parameters
    ----------
    covering, among
        Only of the agreements that cover one of these services, or have one of these ids.
    """
    refuse(
        [("stay_days", f"is {stay_days}, must be at least 1")]
        if stay_days is not None and stay_days < 1
        else []
    )
    agreements = agreements_in_force(work, day, covering=covering, among=among)
    so_far = days_lived(work, {each.id: period for each in agreements if (period := _year_so_far(each, day))})
    limits = [
        limit
        for each in agreements
        for limit in limits_of(each, day, lived=so_far.get(each.id, {}), stay_days=stay_days)
    ]
    return tuple(sorted(limits, key=lambda each: each.quota.id))


def _year_so_far(agreement: Agreement, day: date) -> Stay | None:
    """The agreement year up to the day, if a clause counts unit weeks and the year has begun before it."""
    begins = year_of(agreement.term.from_day, day).from_day
    counts = any(each.max_unit_weeks is not None for each in agreement.clauses)
    return Stay(begins, day) if counts and begins < day else None


def limits_of(
    agreement: Agreement, day: date, *, lived: Days, stay_days: int | None = None
) -> Iterator[Limit]:
    """Yield the limits that one agreement in force sets on a day.

    lived
        Of its services, from the beginning of the agreement year up to the day.
    """
    yield from _bought(agreement)
    for clause in agreement.clauses:
        group = group_of(agreement, clause)
        if group is None:
            continue
        if clause.max_units is not None:
            yield Limit(
                quota=_named(group, f"{agreement.id}/clause/{clause.clause}", clause.max_units),
                agreement_id=agreement.id,
                clause=clause.clause,
                because=so_many(clause.max_units, "at once agreed"),
            )
        if clause.max_unit_weeks is not None:
            used = days_in(group, lived)
            yield _weeks(agreement, clause, group, day, used=used, stay_days=stay_days)


def _bought(agreement: Agreement) -> Iterator[Limit]:
    """A purchaser holds at most its units: host by share, not by site (joint purchasing template)."""
    walk_in = {each.id for each in agreement.services if each.direct_access}
    for each in agreement.purchases:
        if each.service_id in walk_in:
            continue
        yield Limit(
            quota=Quota(
                id=f"{agreement.id}/bought/{each.service_id}/{each.authority_id}",
                services=frozenset({each.service_id}),
                authorities=frozenset({each.authority_id}),
                max_units=each.units,
            ),
            agreement_id=agreement.id,
            clause=f"schedule {agreement.schedule}, units of {each.service_id} bought by {each.authority_id}",
            because=so_many(each.units, "bought"),
        )


def group_of(agreement: Agreement, clause: Clause) -> Quota | None:
    """Whom a clause is about and where, as a quota without a limit; ``None`` if that is nobody or nowhere.

    A person whose authority is not known belongs to the groups that are told by whom they leave out.
    """
    services = agreement.services_of(clause)
    inside, outside = _authorities(agreement, clause)
    if not services or inside == frozenset():
        return None
    return Quota(id=clause.clause, services=services, authorities=inside, not_authorities=outside)


def _authorities(agreement: Agreement, clause: Clause) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    """Those a clause is about, or those it leaves out."""
    match clause.group:
        case AccessGroup.AUTHORITY:
            named = clause.authority_id
            return frozenset() if named is None else frozenset({named}), None
        case AccessGroup.SECONDARY:
            return agreement.secondary, None
        case AccessGroup.NON_PARTY:
            return None, agreement.parties
        case AccessGroup.OUTSIDE:
            return None, agreement.parties | agreement.secondary
        case AccessGroup.NON_HOST:
            about = agreement.services_of(clause)
            hosts = [agreement.hosts_of(each) for each in agreement.services if each.id in about]
            # Services under one such clause have the same hosts when it is appended; should the directory
            # move one later, only who is a host of all of them is no non-host.
            return None, frozenset.intersection(*hosts) if hosts else frozenset()


def _named(group: Quota, id: str, max_units: int) -> Quota:
    return Quota(
        id=id,
        services=group.services,
        authorities=group.authorities,
        not_authorities=group.not_authorities,
        max_units=max_units,
    )


def _weeks(
    agreement: Agreement, clause: Clause, group: Quota, day: date, *, used: int, stay_days: int | None
) -> Limit:
    weeks = clause.max_unit_weeks or Decimal(0)
    a_year, term = unit_days(weeks), agreement.term
    most = units_at_once(a_year, used=used, term=term, day=day, stay_days=stay_days)
    left = unit_weeks(allowed_in(a_year, term, day) - used)
    return Limit(
        quota=_named(group, f"{agreement.id}/unit weeks/{clause.clause}", most),
        agreement_id=agreement.id,
        clause=clause.clause,
        because=f"{left} of {weeks} unit weeks a year are left on {day}, which is {most} units at once",
    )


def days_in(group: Quota, lived: Days) -> int:
    """How many of these unit days were used by a group."""
    return sum(days for (service, authority), days in lived.items() if selects(group, service, authority))


def allowed_in(a_year: Fraction, term: Stay, day: date) -> Fraction:
    """The unit days allowed in the agreement year of a day; a last year cut short has its part, by days.

    a_year
        Unit days that a whole year allows.
    """
    whole = year_of(term.from_day, day)
    part = whole.within(term)
    return Fraction(0) if part is None else a_year * part.days() / whole.days()


def units_at_once(a_year: Fraction, *, used: int, term: Stay, day: date, stay_days: int | None = None) -> int:
    """The most units that can be held from a day on, so that no agreement year's unit days are exceeded.

    Who holds a unit now, or is placed now, stays up to ``stay_days`` days, and with ``None`` as long as the
    agreement lasts. With ``n`` units at once a year is charged ``n`` unit days for each of its days in that
    time. The rest of this year must bear that from what is left, and each later year from its whole
    allowance: ``n`` is the largest whole number for which all of them can. So a cap is never exceeded by
    people who stay no longer than was said.

    Parameters
    ----------
    a_year
        Unit days that a whole year allows.
    used
        Unit days used this agreement year before ``day``.
    term
        Of the agreement; ``day`` is in it.
    """
    horizon = Stay(day, term.until if stay_days is None else day + timedelta(days=stay_days))
    most = []
    for part in years_of(term, day):
        counted = part.within(horizon)
        if counted is None:
            break
        spent = used if day in part else 0
        most.append(floor((allowed_in(a_year, term, part.from_day) - spent) / counted.days()))
    return max(0, min(most))
