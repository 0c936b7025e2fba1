"""One's own account in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.design_system.spoken import counted, spoken_browser, spoken_moment
from api.pages.frame import ROLE_WORDS
from gateway.accounts.tables import AccountRow, SessionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSeen:
    """One session: at which browser, since when, and whether it is this one."""

    id: str
    browser: str
    since: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSeen:
    """The page of one's own account.

    codes
        How many recovery codes are left; ``None``: no second factor is set up.
    """

    name: str
    email: str
    role: str
    codes: str | None
    lacks_second_factor: bool
    sessions: Sequence[SessionSeen]


def account_view(
    account: AccountRow,
    sessions: Sequence[SessionRow],
    *,
    current: str | None,
    codes: int | None,
    lacks_second_factor: bool,
) -> AccountSeen:
    """An account as its owner sees it."""
    return AccountSeen(
        name=account.name,
        email=account.email,
        role=ROLE_WORDS[account.role].capitalize(),
        codes=None if codes is None else f"{counted(codes, 'recovery code')} left",
        lacks_second_factor=lacks_second_factor,
        sessions=[
            SessionSeen(
                id=each.id,
                browser=spoken_browser(each.browser),
                since=spoken_moment(each.began_at),
                current=each.id == current,
            )
            for each in sessions
        ],
    )
