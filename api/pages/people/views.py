"""Everything kept of one person, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from api.design_system.spoken import counted, spoken_code, spoken_day
from api.pages.forbidden_places.views import PlaceSeen
from api.pages.referral.words import REASONS as END_REASONS
from api.pages.referral.words import STATUSES, UNKNOWN
from api.pages.search.views import name_of
from gateway.monitoring.repeat_presentations import WINDOW_DAYS, RepeatPresenter
from gateway.monitoring.what_happened_last import Cause
from gateway.monitoring.whole_person import WholePerson
from gateway.people.exclusions import in_force
from gateway.people.identities import Identity
from gateway.people.person_file import PersonRecord
from gateway.people.references import ReferenceKind
from gateway.people.tables import (
    ConsentRow,
    ExclusionRow,
    PersonRow,
    SafetyAreaRow,
    SafetyReason,
    SeparationRow,
)
from gateway.referrals.tables import ReferralRow

CAUSES: Final[Mapping[Cause, str]] = MappingProxyType(
    {
        Cause.EXCLUSION_TO_CHALLENGE: "An exclusion stood behind it. Is it still right? Review it.",
        Cause.RISK_NOT_MANAGEABLE: "The risk could not be managed. Has it changed, and who could manage it?",
        Cause.PROVIDER_ISSUE: "The provider refused or ended it. Does the provider need to be spoken to?",
        Cause.GAP_IN_SERVICES: "There was no service for them. Tell commissioners of the gap.",
        Cause.OTHER: "Nothing points to one cause. Ask the person what would help this time.",
    }
)
"""What to ask about somebody who came back, by what last came to nothing."""

NUMBERS: Final[Mapping[ReferenceKind, str]] = MappingProxyType(
    {
        ReferenceKind.NI_NUMBER: "National Insurance number",
        ReferenceKind.NHS_NUMBER: "NHS number",
        ReferenceKind.PRISON_NUMBER: "Prison number",
        ReferenceKind.AGENCY: "Number at an agency",
    }
)

REASONS: Final[Mapping[SafetyReason, str]] = MappingProxyType(
    {
        SafetyReason.DOMESTIC_ABUSE: "Domestic abuse",
        SafetyReason.EXPLOITATION: "Exploitation",
        SafetyReason.GANG: "Gang",
        SafetyReason.THREAT: "Threat",
        SafetyReason.COURT_ORDER: "Court order",
        SafetyReason.OTHER: "Another reason",
    }
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known, or is not."""

    key: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralSeen:
    """One referral and where it stands."""

    id: str
    agency: str
    arrived: str
    state: str
    colour: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionSeen:
    """One exclusion: from where, why, and whether it bars today; ``href`` only while it can be reviewed."""

    where: str
    reason: str
    days: str
    review: str
    state: str
    colour: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApartSeen:
    """An area or a person from whom they are kept; ``href`` of the other person, ``end`` while it stands."""

    who: str
    href: str
    end: str
    reason: str
    days: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CameSeen:
    """How often they came, from where, what last came to nothing, and what to ask about it."""

    times: str
    days: str
    agencies: Sequence[str]
    last: str
    ask: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSeen:
    """The page of one person.

    unsafe
        Why they must not be telephoned or written to without care; empty: they may.
    keeps
        Whether the reader may record what is true of them.
    grants
        Whether the reader may say who may open their case.
    agrees
        Whether a consent stands.
    merged
        Whom else they were recorded as: a name, and where that is undone.
    forbidden
        What they are offered, and where they live, that a rule forbids by now.
    """

    id: str
    name: str
    restricted: bool
    unsafe: str
    facts: Sequence[Fact]
    referrals: Sequence[ReferralSeen]
    came: CameSeen
    exclusions: Sequence[ExclusionSeen]
    areas: Sequence[ApartSeen]
    apart: Sequence[ApartSeen]
    consents: Sequence[Fact]
    keeps: bool
    grants: bool
    agrees: bool
    merged: Sequence[tuple[str, str]]
    forbidden: Sequence[PlaceSeen]


def person_seen(
    whole: WholePerson, today: date, *, forbidden: Sequence[PlaceSeen], keeps: bool, grants: bool
) -> PersonSeen:
    """One person in words, as of today."""
    row = whole.file.root.row
    return PersonSeen(
        id=row.id,
        name=name_of(identity_of(row)),
        restricted=whole.file.restricted,
        unsafe=_unsafe(row),
        facts=list(_facts(whole, today)),
        referrals=[_referral(each, whole.agencies) for each in whole.referrals],
        came=_came(whole.presented, whole.agencies),
        exclusions=[exclusion_seen(each, name, today) for each, name in whole.exclusions],
        areas=[_area(each, name, today, ends=_ends(row.id, each, keeps=keeps)) for each, name in whole.areas],
        apart=[
            _apart(each, other, today, ends=_ends(row.id, each, keeps=keeps)) for each, other in whole.apart
        ],
        consents=[_consent(each) for each in whole.consents],
        keeps=keeps,
        grants=grants,
        agrees=any(each.withdrawn_on is None for each in whole.consents),
        forbidden=forbidden,
        merged=[(_also(each.row), f"/people/{each.row.id}/unmerge") for each in whole.file.merged if keeps],
    )


def identity_of(row: PersonRow) -> Identity:
    """Who a row says somebody is."""
    return Identity(
        person_id=row.id, forename=row.forename, surname=row.surname, known_as=row.known_as, born=row.born
    )


def _unsafe(row: PersonRow) -> str:
    if row.safe_to_contact == "yes":
        return ""
    if row.safe_to_contact == "no":
        return "It is not safe to telephone or write to them where they are."
    return "Nobody has recorded whether it is safe to telephone or write to them. Do not assume that it is."


def _facts(whole: WholePerson, today: date) -> Iterator[Fact]:
    row = whole.file.root.row
    yield Fact("Date of birth", _born(row.born, today))
    yield Fact("Gender", spoken_code(row.gender, unknown=UNKNOWN))
    yield Fact("Safe to contact", spoken_code(row.safe_to_contact.value).replace("Unknown", UNKNOWN))
    yield Fact("Telephone", row.telephone or UNKNOWN)
    yield Fact("Email", row.email or UNKNOWN)
    yield Fact("Address", row.address or UNKNOWN)
    if row.contact_note:
        yield Fact("About contact", row.contact_note)
    for record in (whole.file.root, *whole.file.merged):
        yield from _numbers(record)
    if whole.file.merged:
        yield Fact("Also recorded as", ", ".join(_also(each.row) for each in whole.file.merged))


def _born(born: date | None, today: date) -> str:
    if born is None:
        return UNKNOWN
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return f"{spoken_day(born)} (age {age})"


def _numbers(record: PersonRecord) -> Iterator[Fact]:
    for number in record.references:
        yield Fact(NUMBERS[number.kind], number.value)


def _also(row: PersonRow) -> str:
    return f"{name_of(identity_of(row))} ({row.id})"


def _referral(row: ReferralRow, agencies: Mapping[str, str]) -> ReferralSeen:
    state, colour = STATUSES[row.status]
    return ReferralSeen(
        id=row.id,
        agency=agencies[row.agency_id],
        arrived=spoken_day(row.referred_on, unknown="Not sent yet" if row.status == "draft" else UNKNOWN),
        state=state if row.end_reason is None else f"{state}: {END_REASONS[row.end_reason].lower()}",
        colour=colour,
        href=f"/referrals/{row.id}",
    )


def _came(presented: RepeatPresenter, agencies: Mapping[str, str]) -> CameSeen:
    last = presented.last
    return CameSeen(
        times=f"{counted(presented.times, 'time')} in the last {WINDOW_DAYS} days",
        days=", ".join(spoken_day(each) for each in presented.days),
        agencies=[f"{agencies[id]}: {counted(times, 'time')}" for id, times in presented.agencies],
        last="" if last is None else f"{spoken_code(last.ending)}, {spoken_day(last.day)}",
        ask="" if last is None else CAUSES[presented.cause],
    )


def exclusion_seen(row: ExclusionRow, where: str, today: date) -> ExclusionSeen:
    """One exclusion as of today."""
    state, colour, stands = _standing(row, today)
    return ExclusionSeen(
        where=where,
        reason=spoken_code(row.reason) + (f": {row.detail}" if row.detail else ""),
        days=f"{spoken_day(row.from_day)} until {spoken_day(row.until)}",
        review=spoken_day(row.review_on),
        state=state,
        colour=colour,
        href=f"/exclusions/{row.id}" if stands else "",
    )


def _standing(row: ExclusionRow, today: date) -> tuple[str, str, bool]:
    if row.lifted_on is not None:
        return f"Lifted on {spoken_day(row.lifted_on)}", "grey", False
    if row.until <= today:
        return "Over", "grey", False
    if not in_force(row, today):
        return "Not begun", "grey", True
    return ("Review due", "orange", True) if row.review_on <= today else ("In force", "red", True)


def _days(on: date, ended: date | None, today: date) -> str:
    if ended is None:
        return f"{'Since' if on <= today else 'From'} {spoken_day(on)}"
    return f"{spoken_day(on)} until {spoken_day(ended)}{': over' if ended <= today else ''}"


def _ends(person_id: str, row: SafetyAreaRow | SeparationRow, *, keeps: bool) -> str:
    """Where it is said to be over."""
    if row.ended_on is not None or not keeps:
        return ""
    kind = "safety-areas" if isinstance(row, SafetyAreaRow) else "separations"
    return f"/people/{person_id}/{kind}/{row.id}/end"


def _area(row: SafetyAreaRow, name: str, today: date, *, ends: str) -> ApartSeen:
    days = _days(row.set_on, row.ended_on, today)
    return ApartSeen(who=name, href="", end=ends, reason=REASONS[row.reason], days=days)


def _apart(row: SeparationRow, other: Identity, today: date, *, ends: str) -> ApartSeen:
    return ApartSeen(
        who=name_of(other),
        href=f"/people/{other.person_id}",
        end=ends,
        reason=REASONS[row.reason],
        days=_days(row.set_on, row.ended_on, today),
    )


def _consent(row: ConsentRow) -> Fact:
    back = "" if row.withdrawn_on is None else f", taken back on {spoken_day(row.withdrawn_on)}"
    return Fact(spoken_day(row.given_on), f"{row.how}{back}")
