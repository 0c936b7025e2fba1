"""Agreements as papers, in words."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from api.design_system.rendering import Choice
from api.design_system.spoken import counted, days_spoken, spoken_day
from api.pages.agreements.ledger_views import LedgerSeen, last_day
from gateway.agreements.limit_words import numbered
from gateway.agreements.reading import Schedule, WholeAgreement
from gateway.agreements.standing import term_of
from gateway.agreements.tables import AccessGroup, AgreementKind, AgreementRow, PartyRow
from gateway.agreements.terms import Clause, Purchase

KINDS: Final[Mapping[AgreementKind, str]] = MappingProxyType(
    {
        AgreementKind.JOINT_PURCHASE: "Joint purchase",
        AgreementKind.ACCESS: "Access across authorities",
    }
)

GROUPS: Final[Mapping[AccessGroup, str]] = MappingProxyType(
    {
        AccessGroup.AUTHORITY: "One authority",
        AccessGroup.NON_HOST: "Everybody but the authority whose service it is",
        AccessGroup.NON_PARTY: "Whoever has not entered the agreement",
        AccessGroup.SECONDARY: "Secondary authorities",
        AccessGroup.OUTSIDE: "Neither parties nor secondary authorities",
    }
)
"""Whom a clause is about, in words."""


@dataclass(frozen=True, slots=True)
class Names:
    """What authorities and services are called, by id."""

    authorities: Mapping[str, str]
    services: Mapping[str, str]

    def authority(self, id: str | None) -> str:
        """Its name."""
        return "Authority not known" if id is None else self.authorities.get(id, id)

    def service(self, id: str | None) -> str:
        """Its name; all services together where none is meant."""
        return "All services together" if id is None else self.services.get(id, id)

    def spoken(self, sentence: str) -> str:
        """A sentence in which services and authorities are called by their names, and days are spoken."""
        for id, name in {**self.services, **self.authorities}.items():
            plain = name.replace("\\", "\\\\")
            sentence = re.sub(rf"\b{re.escape(id)}\b", plain, sentence)
        return days_spoken(sentence)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementListed:
    """One agreement in the list."""

    name: str
    href: str
    kind: str
    lead: str
    term: str
    state: str
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementsListed:
    """A page of agreements."""

    agreements: Sequence[AgreementListed]
    kinds: Sequence[Choice]
    next: str | None
    first: str | None
    may_make: bool


def agreement_listed(row: AgreementRow, lead: str, today: date) -> AgreementListed:
    """One agreement in the list."""
    state, colour = _state(row, today)
    term = term_of(row)
    return AgreementListed(
        name=row.name,
        href=f"/agreements/{row.id}",
        kind=KINDS[row.kind],
        lead=lead,
        term=f"{spoken_day(term.from_day)} to {last_day(term.until)}",
        state=state,
        colour=colour,
    )


def kinds_to_choose(chosen: AgreementKind | None) -> list[Choice]:
    """Every kind, and all of them."""
    return [
        Choice(value="", text="Every kind", chosen=chosen is None),
        *(Choice(value=each.value, text=words, chosen=each is chosen) for each, words in KINDS.items()),
    ]


def _state(row: AgreementRow, today: date) -> tuple[str, str]:
    term = term_of(row)
    if today < term.from_day:
        return "Not begun", "yellow"
    return ("In force", "green") if today in term else ("Over", "grey")


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseSeen:
    """Units of a service bought by an authority."""

    service: str
    authority: str
    units: str
    price: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseSeen:
    """What a group may use."""

    clause: str
    whom: str
    service: str
    units: str
    weeks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSeen:
    """What was agreed from a day on."""

    title: str
    purchases: Sequence[PurchaseSeen]
    clauses: Sequence[ClauseSeen]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartySeen:
    """An authority that entered; ``leave``: where it is noted that it leaves, for whoever may."""

    name: str
    since: str
    leave: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OneAgreement:
    """The page of an agreement.

    now
        The schedule that was appended last; ``earlier`` those before it, the newest first.
    append, join, end
        Where it is changed, for whoever may, as long as it can be.
    """

    agreement: AgreementListed
    parties: Sequence[PartySeen]
    services: Sequence[str]
    now: ScheduleSeen | None
    earlier: Sequence[ScheduleSeen]
    ledger: LedgerSeen | None
    append: str | None
    join: str | None
    end: str | None


def one_agreement(
    whole: WholeAgreement, names: Names, ledger: LedgerSeen | None, today: date, *, may_keep: bool
) -> OneAgreement:
    """The page of an agreement."""
    listed = agreement_listed(whole.row, names.authority(whole.row.lead_id), today)
    schedules = [_schedule(each, names) for each in whole.schedules][::-1]
    until = term_of(whole.row).until
    changes = may_keep and (until is None or today < until)
    return OneAgreement(
        agreement=listed,
        parties=[_party(each, whole.row, names, changes=changes) for each in whole.parties],
        services=[names.service(each) for each in whole.services],
        now=schedules[0] if schedules else None,
        earlier=schedules[1:],
        ledger=ledger,
        append=f"{listed.href}/schedules/new" if may_keep else None,
        join=f"{listed.href}/parties/new" if changes else None,
        end=f"{listed.href}/end" if changes else None,
    )


def _party(row: PartyRow, agreement: AgreementRow, names: Names, *, changes: bool) -> PartySeen:
    left = f", outside from {spoken_day(row.left_on)} on" if row.left_on else ""
    may_leave = changes and row.left_on is None and row.authority_id != agreement.lead_id
    return PartySeen(
        name=names.authority(row.authority_id),
        since=f"since {spoken_day(row.joined_on)}{left}",
        leave=f"/agreements/{agreement.id}/parties/{row.authority_id}/leave" if may_leave else None,
    )


def _schedule(schedule: Schedule, names: Names) -> ScheduleSeen:
    return ScheduleSeen(
        title=f"Schedule {schedule.row.number}, from {spoken_day(schedule.row.from_day)}",
        purchases=[_purchase(each, names) for each in schedule.purchases],
        clauses=[_clause(each, names) for each in schedule.clauses],
    )


def _purchase(purchase: Purchase, names: Names) -> PurchaseSeen:
    return PurchaseSeen(
        service=names.service(purchase.service_id),
        authority=names.authority(purchase.authority_id),
        units=f"{purchase.units:,}",
        price=f"£{purchase.price:,.2f}",
    )


def _clause(clause: Clause, names: Names) -> ClauseSeen:
    one = clause.group is AccessGroup.AUTHORITY
    return ClauseSeen(
        clause=clause.clause,
        whom=names.authority(clause.authority_id) if one else GROUPS[clause.group],
        service=names.service(clause.service_id),
        units="No limit agreed" if clause.max_units is None else counted(clause.max_units, "unit"),
        weeks="No limit agreed" if clause.max_unit_weeks is None else f"{_plain(clause.max_unit_weeks)}",
    )


def clauses_called(whole: WholeAgreement, names: Names) -> Callable[[str | None], str]:
    """What to call each clause by its number: whom it is about and where, and the number after that."""
    said = {each.clause: each for schedule in whole.schedules for each in schedule.clauses}

    def called(clause: str | None) -> str:
        seen = _clause(said[clause or ""], names)
        return f"{seen.whom}, {seen.service} ({numbered(seen.clause)})"

    return called


def _plain(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
