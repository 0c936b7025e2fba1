"""The pages of deeds that ask for more than a press: what each asks, and what it does when it is sent."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from api.design_system.rendering import Choice
from api.pages.page_door import PageDoor
from api.pages.referral.heading import Heading
from api.pages.referral.words import REASONS as REASON_WORDS
from gateway.placements.dependants import OffersAndPlacements
from gateway.referrals.ending import appeal, close, withdraw
from gateway.referrals.ending_tree import Branch
from gateway.referrals.reasons import REASONS
from gateway.referrals.resting import park
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason, ReferralRow
from gateway.referrals.triaging import ask, decline
from gateway.refusals import Invalid
from gateway.storage.work import Work

HANGING: Final = OffersAndPlacements()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What was posted, read."""

    reason: EndReason | None
    until: date | None
    words: str

    @property
    def lines(self) -> list[str]:
        """The words, a line each, without blank ones."""
        return [line.strip() for line in self.words.splitlines() if line.strip()]


Do = Callable[[str, Sent, PageDoor, Work], ReferralRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedForm:
    """What the page of one deed asks.

    reasons_for
        The state whose reasons are offered; ``None``: it needs no reason of a list.
    asks_day
        Whether it asks until which day.
    words, hint
        What the box for words asks; ``words_needed`` whether it must be filled.
    warning
        What cannot be undone by a press.
    """

    key: str
    title: str
    lead: str
    reasons_for: ReferralStatus | None = None
    asks_day: bool = False
    words: str
    hint: str = ""
    words_needed: bool = True
    warning: str = ""
    button: str
    said: str
    do: Do

    @property
    def reasons(self) -> Sequence[EndReason]:
        """Those offered, in the order of all reasons."""
        allowed = frozenset() if self.reasons_for is None else REASONS[self.reasons_for]
        return [each for each in EndReason if each in allowed]

    def read(self, door: PageDoor) -> Sent:
        """What was posted.

        Raises
        ------
        Invalid
            Naming everything that is missing or cannot be read.
        """
        faults: list[tuple[str, str]] = []
        reason = next((each for each in self.reasons if each.value == door.form.one("reason")), None)
        if self.reasons and reason is None:
            faults.append(("reason", "choose a reason"))
        until = None
        try:
            until = door.form.day("until") if self.asks_day else None
            if self.asks_day and until is None:
                faults.append(("until-day", "enter the day on which it comes back"))
        except Invalid as refused:
            faults.extend(refused.faults)
        if self.words_needed and not door.form.one("why"):
            faults.append(("why", "write it in your own words"))
        if faults:
            raise Invalid(faults)
        return Sent(reason=reason, until=until, words=door.form.one("why"))


def _ask(referral_id: str, sent: Sent, door: PageDoor, work: Work) -> ReferralRow:
    return ask(referral_id, sent.lines, by=door.visitor.actor, at=door.at, work=work)


def _park(referral_id: str, sent: Sent, door: PageDoor, work: Work) -> ReferralRow:
    assert sent.until is not None  # noqa: S101  for the type alone: `DeedForm.read` has asked for it
    assert sent.reason is not None  # noqa: S101  as above
    return park(
        referral_id,
        until=sent.until,
        reason=sent.reason,
        why=sent.words or None,
        by=door.visitor.actor,
        at=door.at,
        work=work,
    )


def _decline(referral_id: str, sent: Sent, door: PageDoor, work: Work) -> ReferralRow:
    assert sent.reason is not None  # noqa: S101  for the type alone: `DeedForm.read` has asked for it
    by, at = door.visitor.actor, door.at
    return decline(referral_id, reason=sent.reason, why=sent.words, by=by, at=at, work=work)


def _end(deed: Callable[..., ReferralRow]) -> Do:
    def end(referral_id: str, sent: Sent, door: PageDoor, work: Work) -> ReferralRow:
        return deed(
            referral_id,
            reason=sent.reason,
            why=sent.words or None,
            dependants=HANGING,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )

    return end


def _appeal(referral_id: str, sent: Sent, door: PageDoor, work: Work) -> ReferralRow:
    return appeal(referral_id, why=sent.words, by=door.visitor.actor, at=door.at, work=work)


_S = ReferralStatus

FORMS: Final[Mapping[str, DeedForm]] = MappingProxyType(
    {
        form.key: form
        for form in (
            DeedForm(
                key="ask",
                title="Ask the referrer for more",
                lead="It is then the referrer's turn. Unless every question is answered within two working "
                "days, the referral expires.",
                words="Your questions",
                hint="One question on each line. The referrer reads them as you write them.",
                button="Send these questions",
                said="The referrer was asked.",
                do=_ask,
            ),
            DeedForm(
                key="park",
                title="Let it rest until a day",
                lead="Use this when nothing can be done for now. It comes back by itself at the beginning of "
                "the day, to where it stood, and keeps its waiting time.",
                reasons_for=_S.PARKED,
                asks_day=True,
                words="More about why (optional)",
                words_needed=False,
                button="Let it rest",
                said="The referral rests.",
                do=_park,
            ),
            DeedForm(
                key="decline",
                title="Decline this referral",
                lead="Only if no service of the partnership could help. If something is missing, ask the "
                "referrer instead.",
                reasons_for=_S.DECLINED,
                words="Why, in your own words",
                hint="The person may ask to read this. Say what would have to be different.",
                warning="They leave the queue. Only an appeal brings them back.",
                button="Decline it",
                said="The referral is declined.",
                do=_decline,
            ),
            DeedForm(
                key="withdraw",
                title="Withdraw this referral",
                lead="At the wish of the person, or of whoever referred them.",
                reasons_for=_S.WITHDRAWN,
                words="More about why (optional)",
                words_needed=False,
                warning="They leave the queue. Only an appeal brings them back.",
                button="Withdraw it",
                said="The referral is withdrawn.",
                do=_end(withdraw),
            ),
            DeedForm(
                key="close",
                title="Close this referral",
                lead="It needs nothing more of the gateway.",
                reasons_for=_S.CLOSED,
                words="More about why (optional)",
                words_needed=False,
                warning="They leave the queue. Only an appeal brings them back.",
                button="Close it",
                said="The referral is closed.",
                do=_end(close),
            ),
            DeedForm(
                key="appeal",
                title="Reopen this referral",
                lead="It is looked at again. On the waiting list it will stand where it stood.",
                words="Why it is reopened",
                hint="Who appealed, and what is said against the end.",
                button="Reopen it",
                said="The referral is in triage again.",
                do=_appeal,
            ),
        )
    }
)
"""By the last part of the address."""

ENDING: Final[Mapping[str, ReferralStatus]] = MappingProxyType({"withdraw": _S.WITHDRAWN, "close": _S.CLOSED})
"""Deeds that reach what hangs on the referral, and the state they lead to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One thing that the end of a referral reaches; ``href`` leads to it, if it has a page."""

    text: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedPage:
    """The page of one deed for one referral.

    forbidden
        Why it cannot be done now; nothing: it can.
    reached
        What else it does.
    """

    heading: Heading
    form: DeedForm
    href: str
    forbidden: str
    reached: Sequence[Reached]
    reasons: Sequence[Choice]
    sent: Mapping[str, str]


def deed_page(
    heading: Heading, form: DeedForm, *, forbidden: str, tree: Branch | None, sent: Mapping[str, str]
) -> DeedPage:
    """The page, with what was sent if it was wrong."""
    return DeedPage(
        heading=heading,
        form=form,
        href=f"{heading.href}/{form.key}",
        forbidden=forbidden,
        reached=[] if tree is None else list(_reached(tree)),
        reasons=[
            Choice(value=each.value, text=REASON_WORDS[each], chosen=sent.get("reason") == each.value)
            for each in form.reasons
        ],
        sent=sent,
    )


def _reached(tree: Branch) -> Iterator[Reached]:
    questions = sum(each.kind == "question" for each in tree.branches)
    if questions:
        yield Reached(text=f"Questions that stay unanswered: {questions}", href="")
    for each in tree.branches:
        if each.kind == "offer":
            yield Reached(text=f"Offer {each.id} is withdrawn", href=f"/offers/{each.id}")
