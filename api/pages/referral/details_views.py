"""Everything that was told of a referral, in the order of the form; what is not known says so."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import Final

from api.design_system.spoken import counted, spoken_code, spoken_day, spoken_moment
from api.pages.referral.correction_views import corrections_of
from api.pages.referral.deeds import BY_KEY
from api.pages.referral.heading import Heading, heading_of
from api.pages.referral.words import TIERS, UNKNOWN, named, titled, yes_no
from gateway.assessment.stored_referrals import age_on
from gateway.people.tables import ExclusionRow, PersonRow, SafeToContact
from gateway.referrals.case_file import CaseFile
from gateway.referrals.code_lists import code_lists
from gateway.referrals.details import Known, Member, ReferralDetails
from gateway.referrals.tables import Connection, Duty, QuestionRow

Row = tuple[str, str]

CONNECTIONS: Final[Mapping[Connection, str]] = MappingProxyType(
    {
        Connection.RESIDENCE: "They lived there",
        Connection.EMPLOYMENT: "They work there",
        Connection.FAMILY: "Their family lives there",
        Connection.SPECIAL: "Special circumstances",
        Connection.CARE_LEAVER: "Care leaver",
        Connection.FORMER_ASYLUM_SEEKER: "Former asylum seeker",
        Connection.NONE: "No local connection",
    }
)

DUTIES: Final[Mapping[Duty, str]] = MappingProxyType(
    {
        Duty.PREVENTION: "Prevention duty",
        Duty.RELIEF: "Relief duty",
        Duty.MAIN: "Main duty",
        Duty.INTERIM: "Interim duty",
        Duty.NONE: "No duty is owed",
    }
)

SAFE: Final[Mapping[SafeToContact, str]] = MappingProxyType(
    {
        SafeToContact.YES: "Yes",
        SafeToContact.NO: "No: do not call or write",
        SafeToContact.UNKNOWN: f"{UNKNOWN}: do not call or write before you know",
    }
)

ABUSE: Final = frozenset(
    {"domestic_abuse", "non_domestic_abuse", "sexual_abuse_exploitation", "modern_slavery"}
)
"""Needs that tell of abuse."""

ABUSED_GROUPS: Final = frozenset({"domestic-abuse", "gang-violence"})
"""Client groups that do."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the form; ``corrections``: words and addresses of where it is changed."""

    title: str
    rows: Sequence[Row]
    corrections: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that was put to the referrer."""

    text: str
    when: str
    answer: str
    answered: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsPage:
    """The page; ``abuse``: it tells of abuse, so that one may have to leave it quickly."""

    heading: Heading
    parts: Sequence[Part]
    story: str
    story_corrections: Sequence[tuple[str, str]]
    questions: Sequence[Asked]
    abuse: bool
    may_ask: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesFor:
    """What is called what, by id."""

    authorities: Mapping[str, str]
    services: Mapping[str, str]
    providers: Mapping[str, str]


def details_page(case: CaseFile, names: NamesFor, today: date) -> DetailsPage:
    """The page of one case file."""
    person, form = case.person, case.details
    name = " ".join(part for part in (person.known_as or person.forename, person.surname) if part) or None
    corrections = partial(corrections_of, case.referral, form)

    def told(title: str, rows: Iterator[Row], *pages: str) -> Part:
        return Part(title, list(rows), corrections(*pages))

    return DetailsPage(
        heading=heading_of(case.referral, named(name)),
        parts=[
            Part(
                "The person",
                list(_person(case, today)),
                [("Consent, safety and everything else of this person", f"/people/{person.id}")],
            ),
            told("Who refers", _referrer(case), "agency"),
            told("Local connection and duty", _duty(form, names), "connection", "duty"),
            told("Safety", _safety(case, names), "safety"),
            told("Where they live now", _home(form, names), "home", "service"),
            told("Client groups", _groups(form), "main-group", "other-groups"),
            told("Support needs", _known("need", form.needs), "needs", "needs-in-words"),
            told("Risks", _known("risk", form.risks), "risks", "risks-in-words"),
            told("What the place must have", _access(form), "access"),
            told("Household", _household(form, today), "household", "members"),
            told("Wishes", _wishes(form, names), "wishes", "avoids"),
            told("Exclusions", _exclusions(case.exclusions, names)),
        ],
        story=form.story or "",
        story_corrections=corrections("story"),
        questions=[_asked(each) for each in case.questions],
        abuse=_tells_of_abuse(form),
        may_ask=BY_KEY["ask"].possible(case.referral.status),
    )


def _tells_of_abuse(form: ReferralDetails) -> bool:
    known = {each.code for each in form.needs if each.answer}
    return not ABUSE.isdisjoint(known) or not ABUSED_GROUPS.isdisjoint(form.client_groups)


def _person(case: CaseFile, today: date) -> Iterator[Row]:
    person: PersonRow = case.person
    yield "Forename", person.forename or UNKNOWN
    yield "Surname", person.surname or UNKNOWN
    yield "Known as", person.known_as or UNKNOWN
    age = "" if person.born is None else f", {age_on(person.born, today)} years old"
    yield "Date of birth", f"{spoken_day(person.born, unknown=UNKNOWN)}{age}"
    yield "Gender", spoken_code(person.gender, unknown=UNKNOWN)
    yield "Safe to contact", SAFE[person.safe_to_contact]
    if person.contact_note:
        yield "How to contact", person.contact_note
    yield "Telephone", person.telephone or UNKNOWN
    yield "Email", person.email or UNKNOWN
    yield "Address", person.address or UNKNOWN
    for each in case.references:
        yield spoken_code(each.kind), each.value
    for given in case.consents:
        withdrawn = f", withdrawn {spoken_day(given.withdrawn_on)}" if given.withdrawn_on else ""
        yield "Agreed to be referred", f"{spoken_day(given.given_on)}, {given.how}{withdrawn}"
    if not case.consents:
        yield "Agreed to be referred", UNKNOWN


def _referrer(case: CaseFile) -> Iterator[Row]:
    form = case.details
    yield "Agency", case.agency.name
    yield "Their reference", form.agency_reference or UNKNOWN
    yield "Who to speak to", form.referrer or UNKNOWN
    yield "Referred", spoken_day(form.referred_on, unknown=UNKNOWN)
    yield "Entered", spoken_moment(case.referral.entered_at)


def _duty(form: ReferralDetails, names: NamesFor) -> Iterator[Row]:
    authority = form.authority_id
    yield "Authority", UNKNOWN if authority is None else names.authorities.get(authority, authority)
    yield "Grounds", UNKNOWN if form.connection is None else CONNECTIONS[form.connection]
    yield "Housing duty", UNKNOWN if form.duty is None else DUTIES[form.duty]
    yield "The duty falls due", spoken_day(form.duty_date, unknown=UNKNOWN)
    yield "Discharge", spoken_day(form.discharge_date, unknown=UNKNOWN)


def _safety(case: CaseFile, names: NamesFor) -> Iterator[Row]:
    yield "In danger where they are", yes_no(case.details.immediate_safety)
    for area in case.safety_areas:
        if area.ended_on is None:
            where = names.authorities.get(area.authority_id, area.authority_id)
            yield "Not safe in", f"{where}: {spoken_code(area.reason).lower()}"
    apart = sum(each.ended_on is None for each in case.separations)
    if apart:
        yield "Kept apart from", counted(apart, "person", "people")


def _home(form: ReferralDetails, names: NamesFor) -> Iterator[Row]:
    yield "Sleeping rough", yes_no(form.sleeping_rough)
    yield "Kind of place", titled("accommodation", form.accommodation)
    yield "More about it", form.accommodation_detail or UNKNOWN
    if form.current_service_id is not None:
        yield "One of our services", names.services.get(form.current_service_id, form.current_service_id)
        yield "Must leave it", yes_no(form.must_leave)
        yield "May be asked to move", yes_no(form.may_move)


def _groups(form: ReferralDetails) -> Iterator[Row]:
    for place, code in enumerate(form.client_groups):
        yield "Also" if place else "First of all", titled("client_group", code)
    if not form.client_groups:
        yield "Client group", UNKNOWN


def _known(list_name: str, known: Sequence[Known]) -> Iterator[Row]:
    """Every code that was answered, yes first; then in one row all that nobody has asked."""
    for answer in (True, False):
        for each in known:
            if each.answer is answer:
                detail = f": {each.detail}" if each.detail else ""
                yield titled(list_name, each.code), f"{yes_no(answer)}{detail}"
    answered = {each.code for each in known if each.answer is not None}
    left = [each.title for code, each in code_lists()[list_name].items() if code not in answered]
    if left:
        yield UNKNOWN, "; ".join(left)


def _access(form: ReferralDetails) -> Iterator[Row]:
    needed = ", ".join(titled("access_need", code) for code in form.access_needs)
    yield "It must have", needed or "Nothing was named"


def _household(form: ReferralDetails, today: date) -> Iterator[Row]:
    yield "Units they take together", str(form.units)
    yield "Adults", UNKNOWN if form.adults is None else str(form.adults)
    yield "Children", UNKNOWN if form.children is None else str(form.children)
    yield "Pregnant", yes_no(form.pregnant)
    for each in form.household:
        yield titled("relation", each.relation), _member(each, today)


def _member(member: Member, today: date) -> str:
    age = "age not known" if member.born is None else f"{age_on(member.born, today)} years old"
    return f"{member.name or 'Name not known'}, {age}"


def _wishes(form: ReferralDetails, names: NamesFor) -> Iterator[Row]:
    yield "Level of support", "Any" if form.tier is None else TIERS[form.tier]
    for place, id in enumerate(form.wishes, start=1):
        yield f"Wish {place}", names.services.get(id, id)
    for id in form.avoids:
        yield "Never", names.services.get(id, id)
    if not form.wishes and not form.avoids:
        yield "Services", "None was named"


def _exclusions(exclusions: Sequence[ExclusionRow], names: NamesFor) -> Iterator[Row]:
    for each in exclusions:
        where = (
            names.services.get(each.service_id or "")
            or names.providers.get(each.provider_id or "")
            or names.authorities.get(each.authority_id or "")
            or UNKNOWN
        )
        ended = f", lifted {spoken_day(each.lifted_on)}" if each.lifted_on else ""
        days = f"from {spoken_day(each.from_day)} until {spoken_day(each.until)}{ended}"
        yield where, f"{spoken_code(each.reason)}, {days}"
    if not exclusions:
        yield "Exclusions", "None is recorded"


def _asked(question: QuestionRow) -> Asked:
    return Asked(
        text=question.text,
        when=spoken_moment(question.asked_at),
        answer=question.answer or "Not answered yet",
        answered=spoken_moment(question.answered_at, unknown=""),
    )
