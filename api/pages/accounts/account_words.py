"""States of accounts, and what an administrator can do to one, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gateway.accounts.tables import AccountStatus

STATUSES: Final[Mapping[AccountStatus, tuple[str, str]]] = MappingProxyType(
    {
        AccountStatus.INVITED: ("Invited", "yellow"),
        AccountStatus.ACTIVE: ("Active", "green"),
        AccountStatus.SUSPENDED: ("Suspended", "red"),
        AccountStatus.CLOSED: ("Closed", "grey"),
    }
)
"""Each state in words, and the colour of its tag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that is done to an account from a page of its own.

    path
        The end of its address.
    asks_why
        Whether a reason is asked for, which is kept.
    from_states
        In which states of the account it can be done.
    """

    path: str
    link: str
    title: str
    warning: str
    button: str
    said: str
    asks_why: bool
    from_states: frozenset[AccountStatus]


_S = AccountStatus

SUSPEND = Act(
    path="suspend",
    link="Suspend the account",
    title="Suspend this account?",
    warning="They are signed out everywhere at once and cannot sign in until you let them. Their tokens end.",
    button="Suspend the account",
    said="The account is suspended.",
    asks_why=True,
    from_states=frozenset({_S.INVITED, _S.ACTIVE}),
)
REACTIVATE = Act(
    path="reactivate",
    link="Let it be used again",
    title="Let this account be used again?",
    warning="They can sign in with the password they had. Tokens have to be issued anew.",
    button="Let it be used again",
    said="The account can be used again.",
    asks_why=True,
    from_states=frozenset({_S.SUSPENDED}),
)
CLOSE = Act(
    path="close",
    link="Close the account for good",
    title="Close this account for good?",
    warning="This cannot be taken back. What they did stays on record. If they come back, invite them anew.",
    button="Close the account for good",
    said="The account is closed.",
    asks_why=True,
    from_states=frozenset({_S.INVITED, _S.ACTIVE, _S.SUSPENDED}),
)
INVITE_AGAIN = Act(
    path="invitation",
    link="Make a new invitation",
    title="Make a new invitation?",
    warning="The invitation they have now is worth nothing from then on.",
    button="Make a new invitation",
    said="",
    asks_why=False,
    from_states=frozenset({_S.INVITED}),
)
RESET_PASSWORD = Act(
    path="reset-password",
    link="Have them set a new password",
    title="Have them set a new password?",
    warning=(
        "Make sure who asks. Their password and every session end at once; "
        "you get a link for them. Their second factor stays."
    ),
    button="End the old password",
    said="",
    asks_why=False,
    from_states=frozenset({_S.ACTIVE}),
)
RESET_FACTOR = Act(
    path="reset-second-factor",
    link="Take their second factor away",
    title="Take their second factor away?",
    warning=(
        "Make sure who asks: speak to them, or to somebody who knows them. "
        "Until they set up another one, their password alone lets them in."
    ),
    button="Take it away",
    said="Their second factor is gone. They are signed out everywhere.",
    asks_why=False,
    from_states=frozenset({_S.INVITED, _S.ACTIVE, _S.SUSPENDED}),
)

ACTS: Final = (INVITE_AGAIN, RESET_PASSWORD, RESET_FACTOR, SUSPEND, REACTIVATE, CLOSE)
"""In the order in which they are listed."""
