"""What a referrer sees of an agency's referrals: where each stands in words, and whose turn it is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from api.design_system.rendering import Choice
from api.design_system.spoken import counted, spoken_moment
from gateway.referrals.agency_list import AgencyLine
from gateway.referrals.in_words import IN_WORDS
from gateway.referrals.states import ReferralStatus
from gateway.referrals.triage_list import TURN, Turn

_S = ReferralStatus

TURNS: Final[Mapping[Turn, tuple[str, str]]] = MappingProxyType(
    {
        Turn.REFERRER: ("Agency's turn", "yellow"),
        Turn.GATEWAY: ("Gateway team's turn", "blue"),
        Turn.PROVIDER: ("Provider's turn", "light-blue"),
        Turn.NOBODY: ("Nobody's turn", "grey"),
    }
)
"""Whose turn it is in words, and the colour of its tag, which says nothing that the words do not."""


def turn_told(status: ReferralStatus, *, own: bool) -> tuple[str, str]:
    """Whose turn it is, and the colour of its tag; ``own``: to the agency itself."""
    words, colour = TURNS[TURN[status]]
    return ("Your\N{NO-BREAK SPACE}turn" if own and TURN[status] is Turn.REFERRER else words), colour


SHOWN: Final[Mapping[str, tuple[str, Collection[ReferralStatus]]]] = MappingProxyType(
    {
        "": ("All", ()),
        "questions": ("Questions to answer", {_S.MORE_ASKED}),
        "drafts": ("Drafts to finish", {_S.DRAFT}),
        "offered": ("A place is offered", {_S.OFFERED}),
        "open": (
            "Sent and not ended",
            {_S.SUBMITTED, _S.IN_TRIAGE, _S.MORE_ASKED, _S.WAITING, _S.OFFERED, _S.PLACED, _S.PARKED},
        ),
        "ended": ("Ended", {_S.DECLINED, _S.WITHDRAWN, _S.EXPIRED, _S.CLOSED}),
    }
)
"""What the list can be narrowed to."""

UNTIL: Final[Mapping[ReferralStatus, str]] = MappingProxyType(
    {_S.DRAFT: "Send it by", _S.MORE_ASKED: "Answer by", _S.PARKED: "Comes back on"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSeen:
    """One referral.

    href
        Nothing: its person is restricted, and it cannot be opened from here.
    """

    name: str
    href: str
    number: str
    turn: str
    colour: str
    words: str
    since: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MyReferrals:
    """An agency's referrals, a page of them.

    agency
        For whom, to an officer; nothing to the agency itself, which knows.
    waiting
        What waits for the agency, on the first page of all.
    """

    agency: str
    agency_id: str
    waiting: Sequence[LineSeen]
    lines: Sequence[LineSeen]
    shown: Sequence[Choice]
    title: str
    next: str


def my_referrals(
    waiting: Sequence[AgencyLine],
    lines: Sequence[AgencyLine],
    *,
    show: str,
    after: str | None,
    agency: str,
    agency_id: str,
) -> MyReferrals:
    """The page for these lines; ``after`` is where the next begins."""
    kept = {"agency": agency_id if agency else "", "show": show, "after": after or ""}
    query = urlencode({key: value for key, value in kept.items() if value})
    return MyReferrals(
        agency=agency,
        agency_id=agency_id if agency else "",
        waiting=[line_seen(each, own=not agency) for each in waiting],
        lines=[line_seen(each, own=not agency) for each in lines],
        shown=[Choice(value=key, text=text, chosen=key == show) for key, (text, _) in SHOWN.items()],
        title=SHOWN[show][0] if show else "All referrals",
        next=f"/my-referrals?{query}" if after else "",
    )


def line_seen(line: AgencyLine, *, own: bool) -> LineSeen:
    """One referral in words; ``own``: to its agency itself."""
    turn, colour = turn_told(line.status, own=own)
    asked = f"{counted(line.unanswered, 'question')} to answer. " if line.status is _S.MORE_ASKED else ""
    return LineSeen(
        name="Restricted case" if line.restricted else line.name or "Name not known",
        href="" if line.restricted else f"/my-referrals/{line.id}",
        number=line.agency_reference or line.id,
        turn=turn,
        colour=colour,
        words=f"{asked}{IN_WORDS[line.status]}",
        since=spoken_moment(line.status_since),
        until=until(line),
    )


def until(line: AgencyLine) -> str:
    """When its state ends by itself, in words."""
    if line.status_until is None or line.status not in UNTIL:
        return ""
    return f"{UNTIL[line.status]} {spoken_moment(line.status_until)}"
