"""Agreements as papers, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from api.design_system.rendering import Choice
from api.design_system.spoken import counted, spoken_day
from api.pages.agreements.ledger_views import LedgerSeen, last_day
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
class OneAgreement:
    """The page of an agreement.

    now
        The schedule that was appended last; ``earlier`` those before it, the newest first.
    """

    agreement: AgreementListed
    parties: Sequence[str]
    services: Sequence[str]
    now: ScheduleSeen | None
    earlier: Sequence[ScheduleSeen]
    ledger: LedgerSeen | None
    append: str | None


def one_agreement(
    whole: WholeAgreement, names: Names, ledger: LedgerSeen | None, today: date, *, may_keep: bool
) -> OneAgreement:
    """The page of an agreement."""
    listed = agreement_listed(whole.row, names.authority(whole.row.lead_id), today)
    schedules = [_schedule(each, names) for each in whole.schedules][::-1]
    return OneAgreement(
        agreement=listed,
        parties=[_party(each, names) for each in whole.parties],
        services=[names.service(each) for each in whole.services],
        now=schedules[0] if schedules else None,
        earlier=schedules[1:],
        ledger=ledger,
        append=f"{listed.href}/schedules/new" if may_keep else None,
    )


def _party(row: PartyRow, names: Names) -> str:
    left = f", left on {spoken_day(row.left_on)}" if row.left_on else ""
    return f"{names.authority(row.authority_id)}, since {spoken_day(row.joined_on)}{left}"


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


def _plain(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
