"""Accounts as an administrator sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.design_system.rendering import Choice
from api.design_system.spoken import spoken_browser, spoken_moment
from api.pages.accounts.account_words import ACTS, STATUSES, Act
from api.pages.frame import ROLE_WORDS
from gateway.accounts.inviting import Link
from gateway.accounts.tables import AccountRow, AccountStatus, SessionRow
from gateway.records.actor import Role


@dataclass(frozen=True, slots=True)
class Employers:
    """For whom people work, by id: names in their order."""

    agencies: Mapping[str, str]
    providers: Mapping[str, str]
    authorities: Mapping[str, str]

    def of(self, row: AccountRow) -> str:
        """For whom somebody works; the whole partnership if for nobody in particular."""
        for id, names in (
            (row.agency_id, self.agencies),
            (row.provider_id, self.providers),
            (row.authority_id, self.authorities),
        ):
            if id is not None:
                return names.get(id, id)
        return "The whole partnership"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountListed:
    """One account in the list."""

    href: str
    name: str
    role: str
    works_for: str
    status: str
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsListed:
    """A page of accounts, and what it was filtered by."""

    accounts: Sequence[AccountListed]
    roles: Sequence[Choice]
    statuses: Sequence[Choice]
    next: str | None
    first: str | None


def account_listed(row: AccountRow, employers: Employers) -> AccountListed:
    """One account in the list."""
    status, colour = STATUSES[row.status]
    return AccountListed(
        href=f"/accounts/{row.id}",
        name=row.name,
        role=ROLE_WORDS[row.role].capitalize(),
        works_for=employers.of(row),
        status=status,
        colour=colour,
    )


def accounts_listed(
    rows: Sequence[AccountRow],
    employers: Employers,
    *,
    role: Role | None,
    status: AccountStatus | None,
    after: str | None,
    end: str | None,
) -> AccountsListed:
    """A page of accounts; ``end`` is where it ended, ``None``: it was the last."""
    kept = "".join(f"{name}={value}&" for name, value in (("role", role), ("status", status)) if value)
    return AccountsListed(
        accounts=[account_listed(row, employers) for row in rows],
        roles=[Choice(value="", text="Every role"), *roles(role)],
        statuses=[
            Choice(value="", text="Every state"),
            *(
                Choice(value=each.value, text=words, chosen=each is status)
                for each, (words, _) in STATUSES.items()
            ),
        ],
        next=None if end is None else f"/accounts?{kept}after={end}",
        first=None if after is None else f"/accounts?{kept}".rstrip("?&"),
    )


def roles(chosen: Role | str | None) -> list[Choice]:
    """Every role that somebody can have."""
    return [
        Choice(value=each.value, text=words.capitalize(), chosen=each == chosen)
        for each, words in ROLE_WORDS.items()
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOf:
    """Where somebody is signed in."""

    browser: str
    since: str
    seen: str
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OneAccount:
    """The page of an account.

    own
        Whether it is the visitor's: then it is seen to at ``/account``.
    acts
        What can be done to it now.
    """

    account: AccountListed
    id: str
    email: str
    created: str
    seen: int
    own: bool
    open: bool
    acts: Sequence[Act]
    sessions: Sequence[SessionOf]


def one_account(
    row: AccountRow, employers: Employers, sessions: Sequence[SessionRow], *, own: bool, has_factor: bool
) -> OneAccount:
    """The page of an account."""
    return OneAccount(
        account=account_listed(row, employers),
        id=row.id,
        email=row.email,
        created=spoken_moment(row.created_at),
        seen=row.version,
        own=own,
        open=row.status is not AccountStatus.CLOSED,
        acts=[
            each
            for each in ACTS
            if not own
            and row.status in each.from_states
            and (each.path != "reset-second-factor" or has_factor)
        ],
        sessions=[
            SessionOf(
                browser=spoken_browser(each.browser),
                since=spoken_moment(each.began_at),
                seen=spoken_moment(each.last_seen_at),
                end=f"/accounts/{row.id}/sessions/{each.id}/end",
            )
            for each in sessions
        ],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PostForm:
    """The form of who somebody is, in which role and for whom; with what was sent, or what stands."""

    name: str
    email: str
    roles: Sequence[Choice]
    agencies: Sequence[Choice]
    providers: Sequence[Choice]
    authorities: Sequence[Choice]


def post_form(values: Mapping[str, str], employers: Employers) -> PostForm:
    """The form, filled with these values by field."""
    return PostForm(
        name=values.get("name", ""),
        email=values.get("email", ""),
        roles=roles(values.get("role")),
        agencies=_named(employers.agencies, values.get("agency"), "Choose an agency"),
        providers=_named(employers.providers, values.get("provider"), "Choose a provider"),
        authorities=_named(employers.authorities, values.get("authority"), "The whole partnership"),
    )


def values_of(row: AccountRow) -> dict[str, str]:
    """What stands, by the fields of the form."""
    return {
        "name": row.name,
        "email": row.email,
        "role": row.role.value,
        "agency": row.agency_id or "",
        "provider": row.provider_id or "",
        "authority": row.authority_id or "",
    }


def _named(names: Mapping[str, str], chosen: str | None, nothing: str) -> list[Choice]:
    return [
        Choice(value="", text=nothing),
        *(Choice(value=id, text=name, chosen=id == chosen) for id, name in names.items()),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSeen:
    """What is told this once."""

    link: str
    secret: str
    expires: str


def link_seen(link: Link, origin: str) -> LinkSeen:
    """A link with its secret behind the ``#``, where no server sees it."""
    return LinkSeen(
        link=f"{origin}/invitation#{link.secret}",
        secret=link.secret,
        expires=spoken_moment(link.expires_at),
    )
