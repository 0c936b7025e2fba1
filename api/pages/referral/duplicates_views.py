"""Who else the person may be, beside them, and how often they came before."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from api.design_system.spoken import counted, spoken_day
from api.pages.referral.heading import Heading
from api.pages.referral.words import UNKNOWN
from gateway.monitoring.repeat_presentations import RepeatPresenter
from gateway.monitoring.what_happened_last import Cause
from gateway.people.identities import Identity
from gateway.people.possible_duplicates import Match
from gateway.people.tables import PersonRow

CAUSES: Final[Mapping[Cause, str]] = MappingProxyType(
    {
        Cause.EXCLUSION_TO_CHALLENGE: "Is there an exclusion to challenge?",
        Cause.RISK_NOT_MANAGEABLE: "Is there a risk that no service could manage?",
        Cause.PROVIDER_ISSUE: "Is there something to raise with the provider?",
        Cause.GAP_IN_SERVICES: "Is there a service that the partnership lacks?",
        Cause.OTHER: "Nothing here says why.",
    }
)
"""What to ask about somebody who came back (the scrutiny inquiry of 2015, as docs/people.md tells)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchSeen:
    """Somebody who may be the same person.

    rows
        What is compared: its name, what is known of the person referred, and of the other.
    seen
        Their version, which the form sends back too.
    field
        The id of the box for words.
    """

    id: str
    name: str
    href: str
    alike: str
    reasons: Sequence[str]
    rows: Sequence[tuple[str, str, str]]
    seen: int
    field: str
    sent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicatesPage:
    """The page.

    seen
        The version of the person, which the forms send back.
    apart
        Those who were compared before and are not the same.
    """

    heading: Heading
    href: str
    person_href: str
    seen: int
    matches: Sequence[MatchSeen]
    apart: Sequence[tuple[str, str]]
    earlier: Sequence[tuple[str, str]]


def duplicates_page(
    heading: Heading,
    person: PersonRow,
    matches: Sequence[tuple[Match, int]],
    presenter: RepeatPresenter,
    *,
    apart: Collection[str],
    agencies: Mapping[str, str],
    services: Mapping[str, str],
    sent: Mapping[str, str],
) -> DuplicatesPage:
    """The page of the person of one referral, with the words that were sent if they were wrong.

    Parameters
    ----------
    matches
        Each with the version of the person.
    """
    own = Identity(
        person_id=person.id,
        forename=person.forename,
        surname=person.surname,
        known_as=person.known_as,
        born=person.born,
    )
    return DuplicatesPage(
        heading=heading,
        href=f"{heading.href}/duplicates",
        person_href=f"/people/{person.id}",
        seen=person.version,
        matches=[_match(each, own, seen, sent) for each, seen in matches if each.person_id not in apart],
        apart=[
            (f"/people/{each.person_id}", _name(each.identity))
            for each, _ in matches
            if each.person_id in apart
        ],
        earlier=list(_earlier(presenter, agencies, services)),
    )


def _match(match: Match, own: Identity, seen: int, sent: Mapping[str, str]) -> MatchSeen:
    other = match.identity
    return MatchSeen(
        id=match.person_id,
        name=_name(other),
        href=f"/people/{match.person_id}",
        alike=f"{match.score} of 100 alike",
        reasons=[f"{each[:1].upper()}{each[1:]}" for each in match.reasons],
        rows=[
            ("Forename", own.forename or UNKNOWN, other.forename or UNKNOWN),
            ("Surname", own.surname or UNKNOWN, other.surname or UNKNOWN),
            ("Known as", own.known_as or UNKNOWN, other.known_as or UNKNOWN),
            (
                "Date of birth",
                spoken_day(own.born, unknown=UNKNOWN),
                spoken_day(other.born, unknown=UNKNOWN),
            ),
        ],
        seen=seen,
        field=f"why-{match.person_id}",
        sent=sent.get("why", "") if sent.get("other") == match.person_id else "",
    )


def _name(identity: Identity) -> str:
    parts = (identity.known_as or identity.forename, identity.surname)
    return " ".join(part for part in parts if part) or "Name not known"


def _earlier(
    presenter: RepeatPresenter, agencies: Mapping[str, str], services: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    yield "In the last year", counted(presenter.times, "time") if presenter.times else "Not at all"
    if presenter.days:
        yield "When", ", ".join(spoken_day(day) for day in presenter.days[-12:])
        yield (
            "Referred by",
            ", ".join(
                f"{agencies.get(id, id)} ({counted(times, 'time')})" for id, times in presenter.agencies
            ),
        )
    if presenter.last is not None:
        last = presenter.last
        where = "" if last.service is None else f", {services.get(last.service[0], last.service[0])}"
        ending = last.ending.value
        yield "What last came to nothing", f"{ending[:1].upper()}{ending[1:]}, {spoken_day(last.day)}{where}"
        yield "What to ask", CAUSES[presenter.cause]
