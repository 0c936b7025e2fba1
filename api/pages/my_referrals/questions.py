"""All that a referral may say: one table of pages and the questions on each, in the order they are asked.

The answers that may be chosen are the gateway's own: its lists of codes, the law's grounds and duties.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Any, Final

from api.pages.my_referrals.codes import InWords, Others, Primary, Some, YesNoUnknown
from api.pages.my_referrals.kinds import Answer, Day, Ground, Kind, Line, Number, One, Tick, listed, worded
from api.pages.my_referrals.rows import Household, Numbers, Services
from api.pages.my_referrals.words import (
    CONNECTION_HINTS,
    CONNECTIONS,
    DUTIES,
    GENDERS,
    SAFE,
    TIER_HINTS,
    TIERS,
)
from gateway.people.tables import SafeToContact
from gateway.referrals.tables import Connection, Duty


class Of(Enum):
    """Of what a question asks."""

    PERSON = auto()
    FORM = auto()
    CONSENT = auto()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """One question.

    name
        As the person's details, the form or the consent call it.
    nothing
        What is told where nothing was said, if the kind's own words do not fit.
    """

    name: str
    label: str
    kind: Kind[Any]
    hint: str = ""
    of: Of = Of.FORM
    nothing: str = ""

    def told(self, value: Any, ground: Ground) -> Sequence[str]:  # noqa: ANN401  a value of any kind
        """The answer in words, a line or more."""
        return self.kind.told(value, ground) or [self.nothing or self.kind.nothing]

    def says(self, value: Any) -> bool:  # noqa: ANN401  a value of any kind
        """Whether anything was said."""
        return self.kind.says(self.name, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One thing that is asked about, at ``/my-referrals/{id}/{key}``.

    see
        Another page of this table that is spoken of in ``intro``: its key.
    tells_of_abuse
        Whether somebody may have to leave it at once.
    """

    key: str
    group: str
    title: str
    questions: Sequence[Question]
    intro: Sequence[str] = ()
    see: str = ""
    tells_of_abuse: bool = False


def _authorities(ground: Ground) -> Sequence[tuple[str, str]]:
    return list(ground.authorities.items())


def _services(ground: Ground) -> Sequence[tuple[str, str]]:
    return list(ground.services.items())


def _person(name: str, label: str, kind: Kind[Any], hint: str = "") -> Question:
    return Question(name=name, label=label, kind=kind, hint=hint, of=Of.PERSON)


def _form(name: str, label: str, kind: Kind[Any], hint: str = "") -> Question:
    return Question(name=name, label=label, kind=kind, hint=hint)


WHO: Final = Page(
    key="who",
    group="Who they are",
    title="Who are you referring?",
    intro=["Leave empty what you do not know. One name is enough to begin."],
    questions=[
        _person("forename", "First name", Line()),
        _person("surname", "Last name", Line()),
        _person("known_as", "Known as", Line(), "If they use another name"),
        _person("born", "Date of birth", Day(), "For example, 27 3 1987"),
        _person("gender", "Gender", One(options=worded(GENDERS))),
    ],
)

PAGES: Final[Sequence[Page]] = (
    WHO,
    Page(
        key="contact",
        group="Who they are",
        title="How can they be reached?",
        tells_of_abuse=True,
        questions=[
            _person("telephone", "Telephone", Line(narrow=20)),
            _person("email", "Email", Line()),
            _person("address", "Address", Line(high=4), "Where letters reach them"),
            _person(
                "safe_to_contact",
                "Is it safe to call or write to them there?",
                One(options=worded(SAFE), make=SafeToContact, unknown=SafeToContact.UNKNOWN),
            ),
            _person(
                "contact_note",
                "Anything to know before contacting them",
                Line(high=3),
                "For example, who else reads their messages. The provider they are offered to is told this.",
            ),
        ],
    ),
    Page(
        key="numbers",
        group="Who they are",
        title="Numbers others know them by",
        intro=["They help the gateway team to see whether this person was referred before."],
        questions=[_person("references", "Numbers", Numbers())],
    ),
    Page(
        key="consent",
        group="Who they are",
        title="Have they agreed to be referred?",
        intro=["You can save the referral without it, but not send it."],
        questions=[
            Question(
                name="given_on",
                label="On what day they agreed",
                kind=Day(),
                hint="For example, 27 3 2026",
                of=Of.CONSENT,
            ),
            Question(
                name="how",
                label="How they agreed",
                kind=Line(narrow=20),
                of=Of.CONSENT,
                hint="In a word or two and without names, for example: signed form, or by telephone",
            ),
        ],
    ),
    Page(
        key="main-group",
        group="Why you are referring them",
        title="Main client group",
        intro=[
            "Choose the one that tells most about the support they need.",
            "A referral cannot be sent without it.",
        ],
        questions=[_form("client_groups", "Main client group", Primary("client_group"))],
    ),
    Page(
        key="other-groups",
        group="Why you are referring them",
        title="Other client groups",
        intro=["Choose all that apply, or none."],
        questions=[_form("client_groups", "Other client groups", Others("client_group"))],
    ),
    Page(
        key="story",
        group="Why you are referring them",
        title="Why are you referring them?",
        tells_of_abuse=True,
        intro=[
            "In your own words: what happened, and what would help.",
            "Say here too where they are not safe and from whom they must be kept apart, with names.",
            "The gateway team makes hard rules of that. Providers are not shown what you write here.",
        ],
        questions=[_form("story", "Why are you referring them?", Line(high=10))],
    ),
    Page(
        key="duty",
        group="Why you are referring them",
        title="Housing duty and dates",
        questions=[
            _form("duty", "Which duty does a council owe them?", One(options=worded(DUTIES), make=Duty)),
            _form(
                "duty_date",
                "When the duty falls due",
                Day(),
                "Leave empty if there is none, or you do not know",
            ),
            _form(
                "discharge_date",
                "When they leave hospital, custody or care",
                Day(),
                "Leave empty if they do not",
            ),
        ],
    ),
    Page(
        key="agency",
        group="Why you are referring them",
        title="About this referral",
        questions=[
            _form("referrer", "Who at your agency to speak to", Line()),
            _form("agency_reference", "Your own number for this case", Line(narrow=20)),
            Question(
                name="referred_on",
                label="Day of the referral",
                kind=Day(),
                hint="Leave empty for the day on which you send it",
                nothing="The day on which it is sent",
            ),
        ],
    ),
    Page(
        key="household",
        group="Household",
        title="Who needs the place?",
        questions=[
            _form("adults", "Adults, including the person", Number()),
            _form("children", "Children", Number(), "0 if there are none; empty if you do not know"),
            _form("pregnant", "Is anybody pregnant?", Answer()),
            _form("units", "Rooms or flats they take together", Number(least=1), "Nearly always 1"),
        ],
    ),
    Page(
        key="members",
        group="Household",
        title="Who is to be housed with them?",
        intro=["Leave it empty if they come alone."],
        questions=[_form("household", "Housed together", Household())],
    ),
    Page(
        key="connection",
        group="Local connection",
        title="Where do they have a local connection?",
        intro=["The authority to which they are tied. Leave it open if you do not know."],
        questions=[
            _form("authority_id", "Authority", One(options=_authorities)),
            _form(
                "connection",
                "Why there",
                One(options=worded(CONNECTIONS), make=Connection, hints=CONNECTION_HINTS),
            ),
        ],
    ),
    Page(
        key="home",
        group="Where they live now",
        title="Where do they live now?",
        questions=[
            _form("sleeping_rough", "Are they sleeping rough?", Answer()),
            _form("accommodation", "Kind of accommodation", One(options=listed("accommodation"))),
            _form(
                "accommodation_detail", "More about it", Line(high=3), "For example, until when they can stay"
            ),
        ],
    ),
    Page(
        key="service",
        group="Where they live now",
        title="Do they live in one of the gateway's services?",
        questions=[
            _form(
                "current_service_id",
                "Service they live in",
                One(options=_services, select=True, unknown_words="None of these, or not known"),
            ),
            _form("must_leave", "The service closes, and they must leave it", Tick()),
            _form("may_move", "They may be asked to move", Tick()),
        ],
    ),
    Page(
        key="needs",
        group="Needs",
        title="What support do they need?",
        tells_of_abuse=True,
        intro=[
            "“Not known” is not “no”: choose it where you asked and could not find out.",
            "Leave alone what you have not asked.",
        ],
        questions=[_form("needs", "Needs", YesNoUnknown("need"))],
    ),
    Page(
        key="needs-in-words",
        group="Needs",
        title="More about their needs",
        tells_of_abuse=True,
        intro=["Where you answered yes. Leave empty what needs no more words."],
        questions=[_form("needs", "Needs in words", InWords("need"))],
    ),
    Page(
        key="risks",
        group="Risks",
        title="What risks are there?",
        tells_of_abuse=True,
        intro=[
            "A risk keeps somebody only from services that cannot manage it.",
            "“Not known” is not “no”: a wrong “no” can put others in danger.",
        ],
        questions=[_form("risks", "Risks", YesNoUnknown("risk"))],
    ),
    Page(
        key="risks-in-words",
        group="Risks",
        title="More about these risks",
        tells_of_abuse=True,
        intro=["What happened, when last, and what keeps it safe. Leave empty what needs no more words."],
        questions=[_form("risks", "Risks in words", InWords("risk"))],
    ),
    Page(
        key="access",
        group="Access needs",
        title="What must the place have?",
        intro=["Only what they cannot do without: each choice rules places out."],
        questions=[_form("access_needs", "What must the place have?", Some("access_need"))],
    ),
    Page(
        key="safety",
        group="Safety",
        title="Are they safe?",
        tells_of_abuse=True,
        intro=[
            "If somebody is in danger now, call 999 first.",
            "Where else are they not safe, and from whom must they be kept apart? Say so in your own words:",
        ],
        see="story",
        questions=[_form("immediate_safety", "Are they in danger where they are now?", Answer())],
    ),
    Page(
        key="avoids",
        group="Safety",
        title="Services they must not be placed in",
        tells_of_abuse=True,
        intro=["For example, because somebody they must be kept apart from lives or works there."],
        questions=[_form("avoids", "Never here", Services())],
    ),
    Page(
        key="wishes",
        group="Wishes",
        title="Where would they like to live?",
        intro=["A wish is weighed only after need and safety."],
        questions=[
            _form(
                "tier", "Level of support", One(options=worded(TIERS), hints=TIER_HINTS, unknown_words="Any")
            ),
            _form("wishes", "Services they wish for, the most wished for first", Services()),
        ],
    ),
)

BY_KEY: Final[Mapping[str, Page]] = MappingProxyType({page.key: page for page in PAGES})
