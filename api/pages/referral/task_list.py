"""A referral as a list of tasks: who it is, how urgent, which place, and what can be done next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from api.design_system.spoken import counted, spoken_day, spoken_moment
from api.pages.referral.deeds import FIRST, Way, possible
from api.pages.referral.heading import Heading, heading_of
from api.pages.referral.words import REASONS, STATUSES, UNKNOWN, named
from gateway.assessment.tables import AssessmentRow
from gateway.directory.naming import ServiceNamed
from gateway.people.possible_duplicates import Match
from gateway.placements.offers import OfferLine
from gateway.placements.states import HOLDING, OfferStatus
from gateway.referrals.case_file import CaseFile
from gateway.referrals.details import ReferralDetails
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import QuestionRow, ReferralRow

_S = ReferralStatus

OFFERS: Mapping[OfferStatus, tuple[str, str]] = {
    OfferStatus.PROPOSED: ("Drafted", "grey"),
    OfferStatus.MADE: ("To be answered", "turquoise"),
    OfferStatus.ACCEPTED: ("Accepted", "green"),
    OfferStatus.TAKEN_UP: ("Moved in", "green"),
    OfferStatus.NOT_ARRIVED: ("Did not arrive", "red"),
    OfferStatus.REFUSED: ("Refused", "red"),
    OfferStatus.LAPSED: ("Lapsed", "grey"),
    OfferStatus.WITHDRAWN: ("Withdrawn", "grey"),
}
"""Each state of an offer in words, and the colour of its tag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the page is made of.

    duplicates
        Who else the person may be, without those they were told apart from.
    times
        How often they came in the last year, this time included.
    """

    case: CaseFile
    offers: Sequence[OfferLine]
    services: Mapping[str, ServiceNamed]
    assessment: AssessmentRow | None
    overridden: bool
    duplicates: Sequence[Match]
    times: int
    agencies: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One line of the list; without a colour its status is plain text."""

    text: str
    href: str
    status: str
    colour: str = ""
    hint: str = ""

    @property
    def item(self) -> dict[str, object]:
        """As GOV.UK's task list takes it."""
        tag = {"text": self.status, "classes": f"govuk-tag--{self.colour}"}
        return {
            "title": {"text": self.text},
            "href": self.href,
            "hint": {"text": self.hint} if self.hint else None,
            "status": {"tag": tag} if self.colour else {"text": self.status},
        }


@dataclass(frozen=True, slots=True)
class Section:
    """Tasks of one kind."""

    title: str
    tasks: Sequence[Task]

    @property
    def items(self) -> list[dict[str, object]]:
        """As GOV.UK's task list takes them."""
        return [each.item for each in self.tasks]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextDeed:
    """Something that can be done next."""

    text: str
    href: str
    meaning: str
    button: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Another referral of the same person."""

    href: str
    text: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskList:
    """The page.

    first
        What is done next as a rule; the others are ``deeds``.
    onward
        Where the next step is taken, if it is a page: its words and its address.
    """

    heading: Heading
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    first: NextDeed | None
    onward: tuple[str, str] | None
    deeds: Sequence[NextDeed]
    times: str
    earlier: Sequence[Earlier]
    alike: Sequence[str]
    alike_href: str


def task_list(facts: Facts) -> TaskList:
    """The page of one referral."""
    case = facts.case
    row, person = case.referral, case.person
    name = " ".join(part for part in (person.known_as or person.forename, person.surname) if part) or None
    heading = heading_of(row, named(name))
    first = FIRST.get(row.status)
    scored_first = row.status is _S.IN_TRIAGE and facts.assessment is None
    deeds = {
        each.key: _next(each.key, heading, each.text, each.meaning, each.way) for each in possible(row.status)
    }
    leading = None if first is None or scored_first else deeds.pop(first, None)
    return TaskList(
        heading=heading,
        facts=list(_facts(facts, heading)),
        sections=list(_sections(facts, heading)),
        first=leading,
        onward=_onward(row, heading, facts, unscored=scored_first),
        deeds=list(deeds.values()),
        times="" if facts.times < 2 else f"They came {facts.times} times in the last year.",
        earlier=[_earlier(each, facts.agencies) for each in case.other_referrals[:5]],
        alike=[f"{each.score} of 100 alike: {', '.join(each.reasons)}" for each in facts.duplicates[:5]],
        alike_href=f"{heading.href}/duplicates",
    )


def _next(key: str, heading: Heading, text: str, meaning: str, way: Way) -> NextDeed:
    return NextDeed(text=text, href=f"{heading.href}/{key}", meaning=meaning, button=way is Way.BUTTON)


def _onward(row: ReferralRow, heading: Heading, facts: Facts, *, unscored: bool) -> tuple[str, str] | None:
    standing = next((each for each in facts.offers if each.status in HOLDING), None)
    if unscored:
        return "Work out how urgent it is", f"{heading.href}/assessment"
    if row.status is _S.WAITING:
        return "Find a place", f"{heading.href}/places"
    if row.status is _S.OFFERED and standing is not None:
        return "See the offer", f"/offers/{standing.id}"
    return None


def _facts(facts: Facts, heading: Heading) -> Iterator[tuple[str, str]]:
    row = facts.case.referral
    yield "Where it stands", f"{heading.status}, since {heading.since}"
    if row.end_reason is not None:
        yield "Why", REASONS[row.end_reason]
    if heading.until:
        yield _until_of(row.status), heading.until
    yield "Whose turn", heading.turn
    yield "Band", _band(row, facts)
    yield "Referred", spoken_day(row.referred_on, unknown=UNKNOWN)
    yield "Who referred", facts.case.agency.name


def _until_of(status: ReferralStatus) -> str:
    return {_S.PARKED: "Comes back", _S.MORE_ASKED: "To be answered by"}.get(status, "Until")


def _band(row: ReferralRow, facts: Facts) -> str:
    if row.band is None or facts.assessment is None:
        return "Not scored yet"
    how = "set by an officer" if facts.overridden else "until everything is asked"
    return f"{row.band}" if facts.assessment.scored and not facts.overridden else f"{row.band}, {how}"


def _sections(facts: Facts, heading: Heading) -> Iterator[Section]:
    case, href = facts.case, heading.href
    missing = unknown_answers(case.details)
    yield Section(
        "Who this is",
        [
            Task(
                text="Everything that was told",
                href=f"{href}/details",
                status=f"{missing} not known" if missing else "All known",
                colour="yellow" if missing else "",
            ),
            _duplicates(facts, href),
            Task(
                text="The person",
                href=f"/people/{case.person.id}",
                hint="Other referrals, exclusions, who they are kept apart from",
                status=counted(len(case.other_referrals) + 1, "referral"),
            ),
        ],
    )
    yield Section("How urgent it is", [_assessment(facts, href), _override(facts, href)])
    yield Section("A place", list(_places(facts, href)))
    yield Section("What happened", [_questions(case.questions, href), _timeline(case, href)])


def _duplicates(facts: Facts, href: str) -> Task:
    found = len(facts.duplicates)
    return Task(
        text="Possible duplicates",
        href=f"{href}/duplicates",
        status=f"{counted(found, 'person', 'people')} to compare" if found else "Nobody alike",
        colour="yellow" if found else "",
    )


def _assessment(facts: Facts, href: str) -> Task:
    kept = facts.assessment
    status, colour = "Not started", "blue"
    if kept is not None and kept.scored:
        status, colour = f"Score {kept.score}, band {kept.band}", ""
    elif kept is not None:
        status, colour = f"{len(kept.missing.split())} questions not asked", "yellow"
    return Task(text="Assessment", href=f"{href}/assessment", status=status, colour=colour)


def _override(facts: Facts, href: str) -> Task:
    status = "Set by an officer" if facts.overridden else "As computed"
    return Task(text="Set another band", href=f"{href}/override", status=status)


def _places(facts: Facts, href: str) -> Iterator[Task]:
    waits = facts.case.referral.status is _S.WAITING
    yield Task(
        text="Where could this person go?",
        href=f"{href}/places",
        hint="Every service today, what suits, what does not and why",
        status="Ready" if waits else "Look only",
        colour="blue" if waits else "",
    )
    for each in facts.offers:
        status, colour = OFFERS[each.status]
        yield Task(
            text=f"Offer of {facts.services[each.service].name}",
            href=f"/offers/{each.id}",
            hint=f"From {spoken_day(each.from_day)}",
            status=status,
            colour=colour,
        )


def _questions(questions: Sequence[QuestionRow], href: str) -> Task:
    left = sum(each.answered_at is None for each in questions)
    status = f"{left} not answered" if left else f"{len(questions)} answered" if questions else "None asked"
    return Task(
        text="Questions to the referrer",
        href=f"{href}/details#questions",
        status=status,
        colour="yellow" if left else "",
    )


def _timeline(case: CaseFile, href: str) -> Task:
    return Task(text="Timeline and notes", href=f"{href}/timeline", status=counted(len(case.notes), "note"))


def _earlier(row: ReferralRow, agencies: Mapping[str, str]) -> Earlier:
    when = spoken_day(row.referred_on) if row.referred_on else spoken_moment(row.entered_at)
    end = "" if row.end_reason is None else f": {REASONS[row.end_reason].lower()}"
    return Earlier(
        href=f"/referrals/{row.id}",
        text=f"{when}, {agencies.get(row.agency_id, row.agency_id)}",
        status=f"{STATUSES[row.status][0]}{end}",
    )


NOT_ASKED = frozenset(
    {"person_id", "agency_id", "agency_reference", "current_service_id", "must_leave", "may_move"}
)
"""Fields of the form that are no questions, or whose emptiness says something."""


def unknown_answers(details: ReferralDetails) -> int:
    """How many questions of the form are not answered yet."""
    single = sum(
        getattr(details, each.name) is None for each in fields(details) if each.name not in NOT_ASKED
    )
    return single + sum(each.answer is None for each in (*details.needs, *details.risks))
