"""Where one referral stands, in words for whoever made it; and what its withdrawal would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from api.design_system.rendering import Choice
from api.design_system.spoken import spoken_code, spoken_day, spoken_moment
from api.pages.my_referrals.case import Case
from api.pages.my_referrals.list_views import UNTIL, turn_told
from api.pages.my_referrals.views import Group, Tasks, read_over, task_list
from gateway.placements.offers import OfferLine
from gateway.placements.states import OfferStatus
from gateway.referrals.ending import ENDS
from gateway.referrals.ending_tree import Branch
from gateway.referrals.in_words import IN_WORDS
from gateway.referrals.reasons import REASONS
from gateway.referrals.states import NEXT, ReferralStatus
from gateway.referrals.tables import EndReason, QuestionRow

OFFER_WORDS: Final[Mapping[OfferStatus, str]] = MappingProxyType(
    {
        OfferStatus.MADE: "Waiting for the provider's answer",
        OfferStatus.ACCEPTED: "Accepted: they may move in",
        OfferStatus.REFUSED: "Refused",
        OfferStatus.LAPSED: "Not answered in time",
        OfferStatus.WITHDRAWN: "Withdrawn",
        OfferStatus.TAKEN_UP: "Accepted: they moved in",
        OfferStatus.NOT_ARRIVED: "Accepted, but they did not come",
    }
)
"""A made offer's states in a referrer's words; one that is only proposed is not told."""

REASON_WORDS: Final[Mapping[EndReason, str]] = MappingProxyType(
    {
        EndReason.OTHER_HELP_FOUND: "Other help was found",
        EndReason.CHANGED_MIND: "They changed their mind",
        EndReason.CONTACT_LOST: "Contact with them is lost",
        EndReason.IN_CUSTODY: "They are in custody",
        EndReason.IN_HOSPITAL: "They are in hospital",
        EndReason.NO_CONSENT: "They no longer agree to be referred",
        EndReason.DUPLICATE: "They were referred twice",
        EndReason.DIED: "They have died",
        EndReason.OTHER: "Another reason",
    }
)
"""Why a referral is withdrawn, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSeen:
    """What the gateway team asked, and the answer; ``href``: where it is answered, if it is to be."""

    text: str
    asked: str
    answer: str
    answered: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferSeen:
    """An offer of a place, in short."""

    service: str
    words: str
    from_day: str
    answer_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One referral: where it stands, what was asked and offered, what was said, what can be done.

    tasks
        Of a draft: its pages.
    """

    href: str
    name: str
    reference: str
    number: str
    agency: str
    turn: str
    colour: str
    words: str
    since: str
    until: str
    reason: str
    questions: Sequence[QuestionSeen]
    offers: Sequence[OfferSeen]
    groups: Sequence[Group]
    tasks: Sequence[Tasks]
    can_withdraw: bool
    can_appeal: bool
    can_refer_again: bool


def standing(case: Case, offers: Sequence[OfferLine], *, own: bool) -> Standing:
    """The page of one referral; ``own``: to its agency itself."""
    row, status = case.own.referral, case.own.referral.status
    turn, colour = turn_told(status, own=own)
    draft = status is ReferralStatus.DRAFT
    until = (
        f"{UNTIL[status]} {spoken_moment(row.status_until)}" if row.status_until and status in UNTIL else ""
    )
    return Standing(
        href=f"/my-referrals/{row.id}",
        name=case.name,
        reference=row.id,
        number=row.agency_reference or "",
        agency=case.own.agency.name,
        turn=turn,
        colour=colour,
        words=IN_WORDS[status],
        since=spoken_moment(row.status_since),
        until=until,
        reason=""
        if row.end_reason is None
        else REASON_WORDS.get(row.end_reason, spoken_code(row.end_reason)),
        questions=[_question(each, row.id, status) for each in case.own.questions],
        offers=[_offer(each, case) for each in offers if each.status in OFFER_WORDS],
        groups=[] if draft else read_over(case, change=False),
        tasks=task_list(case) if draft else [],
        can_withdraw=ReferralStatus.WITHDRAWN in NEXT[status],
        can_appeal=status in ENDS,
        can_refer_again=status in ENDS or status is ReferralStatus.PLACED,
    )


def _question(row: QuestionRow, referral_id: str, status: ReferralStatus) -> QuestionSeen:
    waits = row.answered_at is None and status is ReferralStatus.MORE_ASKED
    return QuestionSeen(
        text=row.text,
        asked=spoken_moment(row.asked_at),
        answer=row.answer or "",
        answered=spoken_moment(row.answered_at, unknown=""),
        href=f"/my-referrals/{referral_id}/questions/{row.id}" if waits else "",
    )


def _offer(line: OfferLine, case: Case) -> OfferSeen:
    waits = line.status is OfferStatus.MADE and line.answer_by is not None
    return OfferSeen(
        service=case.ground.services.get(line.service, line.service),
        words=OFFER_WORDS[line.status],
        from_day=spoken_day(line.from_day),
        answer_by=f"The provider answers by {spoken_moment(line.answer_by)}" if waits else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """One question of the gateway team's, to be answered."""

    caption: str
    action: str
    question: str
    asked: str
    typed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawing:
    """The page on which a referral is withdrawn.

    takes
        What ends with it, in words.
    blocks
        Why it cannot end; if there is anything, nothing can be pressed.
    """

    caption: str
    action: str
    seen: int
    takes: Sequence[str]
    blocks: Sequence[str]
    reasons: Sequence[Choice]
    typed: str


BLOCKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "placement": "They live in a place of the gateway's, and must leave it first: speak to the provider.",
        "referral": "As it stands it cannot be withdrawn. {words}",
    }
)
TAKES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "question": "A question of the gateway team's stays unanswered.",
        "offer": "An offer of a place is withdrawn; the place goes to somebody else.",
    }
)


def withdrawing(case: Case, tree: Branch, *, chosen: str, typed: str) -> Withdrawing:
    """What a withdrawal would do, and what stands in its way."""
    words = IN_WORDS[case.own.referral.status]
    blocking = list(tree.blocking())
    return Withdrawing(
        caption=case.name,
        action=f"/my-referrals/{case.id}/withdraw",
        seen=case.own.referral.version,
        takes=[
            TAKES.get(each.kind, f"{each.kind} {each.becomes}") for each in tree.branches if not each.blocks
        ],
        blocks=[BLOCKS.get(each.kind, each.blocks or "").format(words=words) for each in blocking],
        reasons=[
            Choice(value=each.value, text=text, chosen=each.value == chosen)
            for each, text in REASON_WORDS.items()
            if each in REASONS[ReferralStatus.WITHDRAWN]
        ],
        typed=typed,
    )
