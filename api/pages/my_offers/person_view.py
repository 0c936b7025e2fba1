"""Somebody offered to a provider, or living with it: what decides, in words, and nothing more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from api.design_system.spoken import counted, spoken_code
from gateway.assessment.stored_referrals import age_on
from gateway.people.tables import PersonRow, SafeToContact
from gateway.referrals.code_lists import code_lists
from gateway.referrals.details import Known, ReferralDetails
from gateway.referrals.telling_of_abuse import GROUPS
from gateway.referrals.told_to_others import OfferedPerson

NOT_KNOWN = "Not known"


@dataclass(frozen=True, slots=True)
class Fact:
    """What something is called, and what there is to say of it: a line, or several."""

    label: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSeen:
    """What a provider is told of somebody.

    Warnings
    --------
        What must be known before anything else: not safe to contact, in danger now.
    about, why
        Who it is, and what they need and what is risky.
    abuse
        Whether what is told here tells of abuse: the page can then be left at once.
    """

    name: str
    warnings: Sequence[str]
    about: Sequence[Fact]
    why: Sequence[Fact]
    abuse: bool


def person_seen(offered: OfferedPerson, today: date, areas: Mapping[str, str]) -> PersonSeen:
    """Somebody as ``api.rest.referral_told.OfferedPersonTold`` tells of them.

    Parameters
    ----------
    areas
        The names of authorities by their codes.
    """
    person, form = offered.person, offered.details
    return PersonSeen(
        name=name_of(person) or "Name not known",
        warnings=list(_warnings(offered, areas)),
        about=[
            Fact("Age", [_age(person.born, today)]),
            Fact("Gender", [spoken_code(person.gender, unknown=NOT_KNOWN)]),
            Fact("In danger now", [_yes_no(form.immediate_safety)]),
            Fact("Household", _household(form, today)),
            Fact("Pregnant", [_yes_no(form.pregnant)]),
            Fact("Units needed", [counted(form.units, "unit")]),
            Fact("Referred by", [offered.agency.name]),
            Fact("Speak to", [form.referrer or NOT_KNOWN]),
            Fact("Safe to contact directly", _contact(person)),
        ],
        why=[
            Fact("Why they need a place", _titles("client_group", form.client_groups)),
            Fact("Support needs", _answers("need", form.needs)),
            Fact("Risks", _answers("risk", form.risks)),
            Fact("Access needs", _titles("access_need", form.access_needs)),
        ],
        abuse=bool(offered.unsafe_in) or not set(GROUPS).isdisjoint(form.client_groups),
    )


def name_of(person: PersonRow) -> str:
    """The name somebody is known by; empty if none is known."""
    return " ".join(part for part in (person.known_as or person.forename, person.surname) if part)


def _warnings(offered: OfferedPerson, areas: Mapping[str, str]) -> Iterable[str]:
    if offered.details.immediate_safety:
        yield "They are in danger now."
    if offered.person.safe_to_contact is SafeToContact.NO:
        yield "Do not telephone or write to them where they are: it is not safe."
    if offered.unsafe_in:
        yield f"They are not safe in {', '.join(areas.get(each, each) for each in offered.unsafe_in)}."


def _age(born: date | None, today: date) -> str:
    return NOT_KNOWN if born is None else counted(age_on(born, today), "year")


def _yes_no(answer: bool | None) -> str:  # noqa: FBT001  it is the answer that is put into words
    """Not asked is not known, and never no."""
    return NOT_KNOWN if answer is None else "Yes" if answer else "No"


def _contact(person: PersonRow) -> list[str]:
    word = {SafeToContact.YES: "Yes", SafeToContact.NO: "No"}.get(person.safe_to_contact, NOT_KNOWN)
    return [word, person.contact_note] if person.contact_note else [word]


def _household(form: ReferralDetails, today: date) -> list[str]:
    adults = "Adults not known" if form.adults is None else counted(form.adults, "adult")
    children = "children not known" if form.children is None else counted(form.children, "child", "children")
    size = NOT_KNOWN if form.adults is None and form.children is None else f"{adults}, {children}"
    members = [
        f"{_title('relation', each.relation)}: {each.name or 'name not known'}, {_age(each.born, today)}"
        for each in form.household
    ]
    return [size, *members]


def _titles(of: str, codes: Iterable[str]) -> list[str]:
    return [_title(of, each) for each in codes] or [NOT_KNOWN]


def _title(of: str, code: str) -> str:
    listed = code_lists()[of].get(code)
    return spoken_code(code) if listed is None else listed.title


def _answers(of: str, answers: Iterable[Known]) -> list[str]:
    """What is so, each with its words; then what is not known, and what is not so."""
    so = [_titled(of, each) for each in answers if each.answer]
    unknown = [_title(of, each.code) for each in answers if each.answer is None]
    not_so = [_title(of, each.code) for each in answers if each.answer is False]
    return [
        *(so or ["None recorded"]),
        *([f"Not known: {', '.join(unknown)}"] if unknown else []),
        *([f"Asked, and not so: {', '.join(not_so)}"] if not_so else []),
    ]


def _titled(of: str, answer: Known) -> str:
    title = _title(of, answer.code)
    return f"{title}: {answer.detail}" if answer.detail else title
