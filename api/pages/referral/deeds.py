"""What can be done with a referral in the state in which it stands: drawn from the table of states."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

from gateway.referrals.ending import ENDS
from gateway.referrals.states import NEXT, OPEN, ReferralStatus

_S = ReferralStatus


class Way(Enum):
    """How a deed is come by: at once by its button, or on a page that asks for more."""

    BUTTON = auto()
    PAGE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing that an officer does with a referral.

    key
        The last part of its address.
    to
        The state that follows; ``among`` narrows the states from which it is this deed that leads there.
    meaning
        What it does, in a sentence.
    """

    key: str
    text: str
    way: Way
    to: frozenset[ReferralStatus]
    among: frozenset[ReferralStatus] = frozenset(ReferralStatus)
    meaning: str

    def possible(self, status: ReferralStatus) -> bool:
        """Whether it can be done in this state."""
        return status in self.among and bool(self.to & NEXT[status])


DEEDS: Final[Sequence[Deed]] = (
    Deed(
        key="take-in",
        text="Take it in",
        way=Way.BUTTON,
        to=frozenset({_S.IN_TRIAGE}),
        among=frozenset({_S.SUBMITTED}),
        meaning="You look at it: it is then in triage.",
    ),
    Deed(
        key="take-in",
        text="Take it back into triage",
        way=Way.BUTTON,
        to=frozenset({_S.IN_TRIAGE}),
        among=OPEN - {_S.SUBMITTED},
        meaning="You look at it again. It keeps its waiting time.",
    ),
    Deed(
        key="put-on-list",
        text="Put it on the waiting list",
        way=Way.BUTTON,
        to=frozenset({_S.WAITING}),
        among=frozenset({_S.IN_TRIAGE}),
        meaning="Everything is clear: they wait for a place. Who waited before stands where they stood.",
    ),
    Deed(
        key="unpark",
        text="Bring it back now",
        way=Way.BUTTON,
        to=frozenset({_S.IN_TRIAGE, _S.WAITING}),
        among=frozenset({_S.PARKED}),
        meaning="It stops resting and goes on where it stood.",
    ),
    Deed(
        key="ask",
        text="Ask the referrer for more",
        way=Way.PAGE,
        to=frozenset({_S.MORE_ASKED}),
        meaning="It is then the referrer's turn, for two working days.",
    ),
    Deed(
        key="park",
        text="Let it rest until a day",
        way=Way.PAGE,
        to=frozenset({_S.PARKED}),
        meaning="Nothing can be done before then. It comes back by itself.",
    ),
    Deed(
        key="decline",
        text="Decline it",
        way=Way.PAGE,
        to=frozenset({_S.DECLINED}),
        meaning="The gateway cannot help. The reason is told to the referrer, who can appeal.",
    ),
    Deed(
        key="withdraw",
        text="Withdraw it",
        way=Way.PAGE,
        to=frozenset({_S.WITHDRAWN}),
        meaning="The person or the referrer no longer wants it.",
    ),
    Deed(
        key="close",
        text="Close it",
        way=Way.PAGE,
        to=frozenset({_S.CLOSED}),
        meaning="They need nothing more of the gateway.",
    ),
    Deed(
        key="appeal",
        text="Reopen it",
        way=Way.PAGE,
        to=frozenset({_S.IN_TRIAGE}),
        among=ENDS,
        meaning="There is an appeal, or it ended by mistake. It is in triage again, with its waiting time.",
    ),
)
"""In the order in which they are offered. An offer is made from the page of places."""

BY_KEY: Final[Mapping[str, Deed]] = MappingProxyType({each.key: each for each in DEEDS})

FIRST: Final[Mapping[ReferralStatus, str]] = MappingProxyType(
    {_S.SUBMITTED: "take-in", _S.IN_TRIAGE: "put-on-list", _S.PARKED: "unpark"}
)
"""What is done next as a rule, where it takes one press; from the waiting list it is to find a place."""


def possible(status: ReferralStatus) -> Iterator[Deed]:
    """What can be done in this state, in order."""
    return (each for each in DEEDS if each.possible(status))
