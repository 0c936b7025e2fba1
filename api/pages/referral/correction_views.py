"""A page of a referral's form as an officer corrects it: the questions the agency was asked, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from api.pages.my_referrals.case import Case
from api.pages.my_referrals.codes import InWords
from api.pages.my_referrals.kinds import Drawn
from api.pages.my_referrals.questions import PAGES, Of, Page
from api.pages.my_referrals.views import boxes
from api.pages.posted import Posted
from api.pages.referral.heading import Heading
from gateway.referrals.details import ReferralDetails
from gateway.referrals.states import OPEN
from gateway.referrals.tables import ReferralRow

CORRECTED: Final[Mapping[str, Page]] = MappingProxyType(
    {page.key: page for page in PAGES if all(each.of is Of.FORM for each in page.questions)}
)
"""The pages of the form itself; what the person or their consent is, is kept with the person."""

WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "main-group": "the main client group",
        "other-groups": "other client groups",
        "story": "why they are referred",
        "duty": "the duty and dates",
        "agency": "whom to speak to, their number, the day",
        "household": "how many they are",
        "members": "who is housed with them",
        "connection": "the local connection",
        "home": "where they live now",
        "service": "which of our services they live in",
        "needs": "their needs",
        "needs-in-words": "their needs in words",
        "risks": "the risks",
        "risks-in-words": "the risks in words",
        "access": "what the place must have",
        "safety": "whether they are in danger",
        "avoids": "where they must not be placed",
        "wishes": "what they wish for",
    }
)
"""What each page corrects; a test holds that none lacks its words."""

INTROS: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        "story": ("Providers are not shown this.",),
        "safety": (
            "If somebody is in danger now, call 999 first.",
            "Where else they are not safe, and from whom they are kept apart, is kept with the person.",
        ),
        "main-group": ("Choose the one that tells most about the support they need.",),
    }
)
"""What is said above the questions where the agency is told something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionPage:
    """The page.

    seen
        The version of the referral that was seen.
    forbidden
        Why nothing can be corrected now; nothing: it can.
    rows
        Whether there may be more to say than there are rows.
    why
        The reason that was typed.
    """

    heading: Heading
    seen: int
    action: str
    title: str
    intro: Sequence[str]
    drawn: Sequence[Drawn]
    rows: bool
    why: str
    forbidden: str


def correction_page(heading: Heading, case: Case, page: Page, sent: Posted | None) -> CorrectionPage:
    """A page with what stands in it, or what was sent and is wrong."""
    is_open = heading.state in OPEN
    return CorrectionPage(
        heading=heading,
        seen=heading.seen if sent is None else sent.seen(),
        action=address(heading.id, page),
        title=f"Correct {WORDS[page.key]}",
        intro=INTROS.get(page.key, page.intro),
        drawn=boxes(case, page, sent),
        rows=any(each.kind.rows for each in case.asked(page)),
        why="" if sent is None else sent.one("why"),
        forbidden="" if is_open else f"Only an open referral is corrected: this one is “{heading.status}”.",
    )


def address(referral_id: str, page: Page) -> str:
    """Where a page of the form of a referral is corrected."""
    return f"/referrals/{referral_id}/correct/{page.key}"


def corrections_of(row: ReferralRow, form: ReferralDetails, *keys: str) -> Sequence[tuple[str, str]]:
    """Words and addresses of the pages by which an open referral's form is corrected now."""
    if row.status not in OPEN:
        return []
    return [
        (f"Correct {WORDS[key]}", address(row.id, CORRECTED[key]))
        for key in keys
        if _asks(CORRECTED[key], form)
    ]


def _asks(page: Page, form: ReferralDetails) -> bool:
    """Whether there is anything to say in words."""
    return all(
        each.kind.asked(getattr(form, each.name)) for each in page.questions if isinstance(each.kind, InWords)
    )


def band_moved(before: int | None, now: int | None) -> str:
    """What a correction did to the band, in a sentence; nothing if it stands."""
    if before == now:
        return ""
    return f" The band is now {now or 'not known'}; it was {before or 'not known'}."
