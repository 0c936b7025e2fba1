"""A draft under the hands of whoever refers: what it says now, and with a page's answers in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from api.access.reach import referral_in_reach, services_of
from api.access.visitor import Visitor
from api.pages.attempts import Field, faults_by_field
from api.pages.my_referrals.codes import InWords
from api.pages.my_referrals.kinds import Ground
from api.pages.my_referrals.questions import PAGES, Of, Page, Question
from api.pages.posted import Posted
from api.rest.body_fields import Faults, Place, placed
from gateway.directory.naming import authorities_named
from gateway.directory.tables import ServiceRow
from gateway.local_day import local_day
from gateway.people.consents import has_consent
from gateway.people.details import PersonDetails
from gateway.people.references import Reference, ReferenceKind
from gateway.people.tables import PersonReferenceRow, PersonRow
from gateway.referrals.details import ReferralDetails
from gateway.referrals.entering import AlreadyReferred
from gateway.referrals.entering_somebody import Agreed, Changed
from gateway.referrals.told_to_others import OwnReferral, own_referral, read_own_referral
from gateway.refusals import Invalid, refuse
from gateway.storage.work import Work

NAMED = frozenset({"forename", "surname", "known_as", "born"})
"""What is told of a person who is known from elsewhere too: what else is known came from there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A referral as its agency sees it, whether the person agreed, and what there is to choose."""

    own: OwnReferral
    agreed: bool
    ground: Ground

    @property
    def id(self) -> str:
        """Of the referral."""
        return self.own.referral.id

    @property
    def name(self) -> str:
        """Whom it is for, as they are called."""
        return name_of(self.own.person)

    def stands(self, question: Question) -> Any:  # noqa: ANN401  a value of any kind
        """The answer as it stands."""
        if question.of is Of.FORM:
            return getattr(self.own.details, question.name)
        return (
            None
            if question.of is Of.CONSENT
            else person_facts(self.own.person, self.own.references)[question.name]
        )

    def asked(self, page: Page) -> Sequence[Question]:
        """What can be asked on a page: nothing of a person known from elsewhere, nor consent that stands."""
        return [each for each in page.questions if self._asks(each)]

    def _asks(self, question: Question) -> bool:
        if isinstance(question.kind, InWords):
            return bool(question.kind.asked(self.stands(question)))
        closed = {Of.PERSON: not self.own.known_by_one, Of.CONSENT: self.agreed, Of.FORM: False}
        return not closed[question.of]

    def told(self, page: Page) -> Sequence[Question]:
        """What is told of a page when it is read over; consent is told by itself."""
        return [
            each
            for each in page.questions
            if each.of is Of.FORM or (each.of is Of.PERSON and (self.own.known_by_one or each.name in NAMED))
        ]

    def pages(self) -> Sequence[Page]:
        """The pages on which there is something to ask."""
        return [page for page in PAGES if self.asked(page)]

    def after(self, page: Page) -> Page | None:
        """The page that comes next; ``None``: it was the last."""
        return next((each for each in self.pages() if PAGES.index(each) > PAGES.index(page)), None)

    def with_answers(self, sent: "Redrafted") -> "Case":
        """The case once these answers are kept; only to see which page comes next."""
        return replace(self, own=replace(self.own, details=sent.details))


def name_of(person: PersonRow) -> str:
    """What somebody is called."""
    found = " ".join(part for part in (person.known_as or person.forename, person.surname) if part)
    return found or "Name not known"


def person_facts(person: PersonRow, references: Sequence[PersonReferenceRow]) -> Mapping[str, Any]:
    """What stands of a person, as `PersonDetails` takes it."""
    columns = [each for each in PersonDetails.__dataclass_fields__ if each not in ("told_on", "references")]
    numbers = tuple(Reference(kind=ReferenceKind(each.kind), value=each.value) for each in references)
    return {name: getattr(person, name) for name in columns} | {"references": numbers}


def case_read(work: Work, visitor: Visitor, referral_id: str) -> Case:
    """A referral in the visitor's reach, for a page that shows it; that it was read is recorded.

    Raises
    ------
    NotFound
        If there is none, or it is another agency's or restricted.
    """
    referral_in_reach(work, visitor, referral_id)
    at = work.clock()
    return _case(read_own_referral(referral_id, by=visitor.actor, at=at, work=work), visitor, work)


def case_to_change(work: Work, visitor: Visitor, referral_id: str) -> Case:
    """The same for a form that was sent, which shows nothing.

    Raises
    ------
    NotFound
        As `case_read`.
    """
    referral_in_reach(work, visitor, referral_id)
    return _case(own_referral(referral_id, work=work), visitor, work)


def case_to_correct(work: Work, visitor: Visitor, referral_id: str) -> Case:
    """A referral of which only the form is asked, for whoever corrects it; reading it is theirs to record.

    Raises
    ------
    NotFound
        As `case_read`.
    """
    referral_in_reach(work, visitor, referral_id)
    own = replace(own_referral(referral_id, work=work), known_by_one=False)
    return Case(own=own, agreed=True, ground=ground_of(work, visitor, local_day(work.clock())))


def _case(own: OwnReferral, visitor: Visitor, work: Work) -> Case:
    today = local_day(work.clock())
    agreed = has_consent(work, own.person.id, today)
    return Case(own=own, agreed=agreed, ground=ground_of(work, visitor, today))


def ground_of(work: Work, visitor: Visitor, today: date) -> Ground:
    """The authorities, and the services that have not closed, in the order of their names."""
    standing = ServiceRow.closes_on.is_(None) | (ServiceRow.closes_on > today)
    services = select(ServiceRow.id, ServiceRow.name).where(standing, services_of(visitor))
    there = work.session.execute(services.order_by(ServiceRow.name, ServiceRow.id))
    return Ground(authorities=authorities_named(work), services=dict(there.all()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrafted:
    """What takes the place of a draft; ``person`` and ``agreed`` only if there is anything to say."""

    details: ReferralDetails
    person: Changed | None
    agreed: Agreed | None

    def changes(self, case: Case) -> bool:
        """Whether it differs from what stands."""
        return bool(self.details != case.own.details or self.person or self.agreed)


def redrafted(case: Case, page: Page, sent: Posted, *, today: date) -> Redrafted:
    """The draft with the answers of a page in it.

    Raises
    ------
    Invalid
        Naming everything that is wrong, by the ids of the boxes.
    """
    read = answers(case.asked(page), sent, case)
    faults = Faults()
    place = placing(case.asked(page), sent)
    details, person = case.own.details, None
    with faults.of(place):
        details = replace(details, **_of(read, Of.FORM))
    with faults.of(place):
        person = _person(case, _of(read, Of.PERSON), sent, today)
    agreed = _of(read, Of.CONSENT)
    faults.add(_consent_faults(agreed))
    faults.refuse()
    return Redrafted(
        details=details, person=person, agreed=Agreed(**agreed) if any(agreed.values()) else None
    )


def answers(questions: Sequence[Question], sent: Posted, case: Case | None) -> Mapping[Question, Any]:
    """What was answered to each question.

    Raises
    ------
    Invalid
        Naming every box whose text is no answer.
    """
    faults, found = Faults(), {}
    for each in questions:
        with faults.of(str):
            found[each] = each.kind.read(each.name, sent, None if case is None else case.stands(each))
    faults.refuse()
    return found


def both_told(case: Case, page: Page, sent: Posted) -> Sequence[tuple[str, str, str]]:
    """Each question of a page, the answer that stands, and the one that was sent."""
    return [
        (
            each.label,
            "; ".join(each.told(case.stands(each), case.ground)),
            "; ".join(each.told(value, case.ground)),
        )
        for each, value in answers(case.asked(page), sent, case).items()
    ]


def used_before(whose: str, refused: AlreadyReferred) -> Invalid:
    """That ``whose`` agency gave this number to another referral, as a fault of its box."""
    what = f"{whose} has used this number before: it is referral {refused.referral_id}"
    return Invalid([("agency_reference", what)])


def placing(questions: Sequence[Question], sent: Posted) -> Place:
    """From a field as a rule names it to the id of its box; to the first for what has none on it."""
    places = {key: id for each in questions for key, id in each.kind.places(each.name, sent).items()}
    first = next(iter(places.values()), "")
    return lambda field: places.get(field) or places.get(field.partition("[")[0]) or first


def faults_of(questions: Sequence[Question], sent: Posted, refused: Invalid) -> dict[str, str]:
    """What is wrong by the ids of the boxes, in sentences that name the question."""
    called = {
        id: Field(id, each.label) for each in questions for id in each.kind.places(each.name, sent).values()
    }
    return faults_by_field(refused.faults, called)


def _of(read: Mapping[Question, Any], of: Of) -> dict[str, Any]:
    return {question.name: value for question, value in read.items() if question.of is of}


def _person(case: Case, told: Mapping[str, Any], sent: Posted, today: date) -> Changed | None:
    stood = person_facts(case.own.person, case.own.references)
    details = PersonDetails(told_on=today, **{**stood, **told})
    if not told or details == PersonDetails(told_on=today, **stood):
        return None
    return Changed(details=details, seen=sent.whole("person") or 0)


def _consent_faults(agreed: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    if not any(agreed.values()):
        return []
    missing = {
        "given_on": ("given_on-day", "enter the day on which they agreed"),
        "how": ("how", "say how they agreed"),
    }
    return [missing[name] for name, value in agreed.items() if not value]


def somebody_new(page: Page, sent: Posted, *, today: date) -> PersonDetails:
    """Who is referred, of whom nothing is there yet.

    Raises
    ------
    Invalid
        Naming everything that is wrong, by the ids of the boxes.
    """
    read = answers(page.questions, sent, None)
    named = any(sent.one(name) for name in ("forename", "surname", "known_as"))
    refuse([] if named else [("surname", "enter at least one name")])
    with placed(placing(page.questions, sent)):
        return PersonDetails(told_on=today, **_of(read, Of.PERSON))
