"""What a referrer sees of a referral, in words: a page of questions, and all answers read over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Final

from api.pages.my_referrals.case import Case
from api.pages.my_referrals.kinds import Asking, Drawn, Ground
from api.pages.my_referrals.questions import BY_KEY, PAGES, Of, Page, Question
from api.pages.posted import Posted


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where one can go, in words."""

    text: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPage:
    """One page of the form.

    seen, person_seen
        The versions of the referral and of the person that were seen; nothing for somebody who is entered.
    caption, group
        Whom it is about, and of which part of the form it is.
    rows
        Whether there may be more to say than there are rows.
    """

    action: str
    caption: str
    group: str
    title: str
    intro: Sequence[str]
    see: Link | None
    drawn: Sequence[Drawn]
    seen: int | None
    person_seen: int | None
    then: str
    rows: bool
    button: str
    later: bool


def question_page(case: Case, page: Page, sent: Posted | None, *, then: str) -> QuestionPage:
    """A page with what stands in it, or what was sent and is wrong."""
    asked = case.asked(page)
    here = f"/my-referrals/{case.id}"
    person = any(each.of is Of.PERSON for each in asked)
    versions = (case.own.referral.version, case.own.person.version)
    if sent is not None:
        versions = (sent.seen(), _number(sent.one("person")))
    return QuestionPage(
        action=f"{here}/{page.key}",
        caption=case.name,
        group=page.group.lower(),
        title=page.title,
        intro=page.intro,
        see=Link(text=BY_KEY[page.see].title, href=f"{here}/{page.see}") if page.see else None,
        drawn=boxes(case, page, sent),
        seen=versions[0],
        person_seen=versions[1] if person else None,
        then=then,
        rows=any(each.kind.rows for each in asked),
        button="Save and go back to your answers" if then else "Save and continue",
        later=not then,
    )


def boxes(case: Case, page: Page, sent: Posted | None) -> Sequence[Drawn]:
    """What a page asks, with what stands in it, or what was sent and is wrong."""
    asked = case.asked(page)
    shown = _written(asked, case) if sent is None else sent
    return [each for question in asked for each in _drawn(question, case, shown)]


def first_page(page: Page, sent: Posted, *, action: str, caption: str) -> QuestionPage:
    """The page on which somebody is entered of whom nothing is there yet."""
    return QuestionPage(
        action=action,
        caption=caption,
        group="",
        title=page.title,
        intro=page.intro,
        see=None,
        drawn=[
            each
            for question in page.questions
            for each in question.kind.drawn(_asking(question, sent, Ground()), None)
        ],
        seen=None,
        person_seen=None,
        then="",
        rows=False,
        button="Save and continue",
        later=False,
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _written(asked: Sequence[Question], case: Case) -> Posted:
    return Posted(
        tuple(pair for each in asked for pair in each.kind.written(each.name, case.stands(each))), ()
    )


def _drawn(question: Question, case: Case, sent: Posted) -> Sequence[Drawn]:
    return question.kind.drawn(_asking(question, sent, case.ground), case.stands(question))


def _asking(question: Question, sent: Posted, ground: Ground) -> Asking:
    return Asking(name=question.name, label=question.label, hint=question.hint, sent=sent, ground=ground)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One question and its answer, a line or more, and where it is changed."""

    label: str
    lines: Sequence[str]
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Questions that belong together."""

    name: str
    rows: Sequence[Told]


def read_over(case: Case, *, change: bool) -> Sequence[Group]:
    """All answers in their groups; with ``change`` each says where it is changed."""
    open_pages = {page.key for page in case.pages()} if change else set()
    by_group = groupby(PAGES, key=lambda page: page.group)
    groups = [
        Group(
            name=name,
            rows=[row for page in pages for row in _rows(case, page, change=page.key in open_pages)],
        )
        for name, pages in by_group
    ]
    return [each for each in groups if each.rows]


def _rows(case: Case, page: Page, *, change: bool) -> Sequence[Told]:
    href = f"/my-referrals/{case.id}/{page.key}?then=check" if change else ""
    rows = [
        Told(label=each.label, lines=each.told(case.stands(each), case.ground), change=href)
        for each in case.told(page)
        if change or each.says(case.stands(each))
    ]
    if page.key == "consent":
        said = "Yes, it is recorded" if case.agreed else "Not recorded yet"
        return [Told(label="Agreed to be referred", lines=[said], change=href), *rows]
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A page of a draft, and whether anything stands on it."""

    title: str
    href: str
    filled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasks:
    """Pages that belong together."""

    name: str
    tasks: Sequence[Task]


def task_list(case: Case) -> Sequence[Tasks]:
    """The pages of a draft, for whoever comes back to it."""
    return [
        Tasks(
            name=name,
            tasks=[
                Task(title=page.title, href=f"/my-referrals/{case.id}/{page.key}", filled=filled(case, page))
                for page in pages
            ],
        )
        for name, pages in groupby(case.pages(), key=lambda page: page.group)
    ]


def filled(case: Case, page: Page) -> bool:
    """Whether somebody has said anything on this page."""
    return any(each.says(case.stands(each)) for each in case.asked(page))


MISSING: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "consent": ("Record that they have agreed to be referred", "consent"),
        "client_groups": ("Choose the main client group", "main-group"),
        "referred_on": (
            "Change the day of the referral: it is to come, or too long ago",
            "agency",
        ),
        "agency_id": ("Ask the gateway team: your agency is not designated to refer", ""),
        "person_id": ("Ask the gateway team: this person's record was erased", ""),
    }
)
"""What keeps a draft from being sent, by the field that the rule names, and the page that mends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """All answers before they are sent.

    missing
        What must be there first.
    unasked
        Pages on which nothing was said: the gateway team will ask.
    """

    id: str
    caption: str
    groups: Sequence[Group]
    missing: Sequence[Link]
    unasked: Sequence[Link]
    seen: int


def check(case: Case, missing: Sequence[tuple[str, str]]) -> Check:
    """The page on which everything is read over."""
    here = f"/my-referrals/{case.id}"
    told = [MISSING.get(field, (what, "")) for field, what in missing]
    needed = {key for _, key in told}
    return Check(
        id=case.id,
        caption=case.name,
        groups=read_over(case, change=True),
        missing=[Link(text=text, href=f"{here}/{key}?then=check" if key else "") for text, key in told],
        unasked=[
            Link(text=page.title, href=f"{here}/{page.key}?then=check")
            for page in case.pages()
            if page.key in ASKED_OF_ALL and page.key not in needed and not filled(case, page)
        ],
        seen=case.own.referral.version,
    )


ASKED_OF_ALL: Final = frozenset(
    {"who", "story", "household", "connection", "home", "needs", "risks", "safety"}
)
"""Without these the gateway team cannot score somebody well, and asks."""
