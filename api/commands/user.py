"""``gateway user``: the first accounts of a gateway, and the way back in for whoever is shut out."""

from collections.abc import Iterator

from pydantic import TypeAdapter, ValidationError

from api.refusals import Refused, print_lines
from api.rest.values import Email, Line
from api.settings import open_store, settings
from api.terminal import printable, results
from gateway.accounts.addresses import account_at
from gateway.accounts.changing import suspend_account
from gateway.accounts.credentials import credential_of
from gateway.accounts.finding import accounts
from gateway.accounts.inviting import Link, Post, invite, invite_again, reset_password
from gateway.accounts.second_factors import reset_second_factor
from gateway.accounts.tables import AccountRow, AccountStatus
from gateway.records.actor import Role
from gateway.refusals import NotFound
from gateway.storage.work import Work

_PAGE = 500


def post(role: str, agency: str | None, provider: str | None, authority: str | None) -> Post:
    """In which role somebody works, and for whom.

    Raises
    ------
    Refused
        If there is no such role.
    """
    roles = sorted(set(Role) - {Role.CLOCKWORK})
    if role not in roles:
        raise Refused(f"--role: is {printable(role)}, must be one of {', '.join(roles)}")
    return Post(role=Role(role), agency_id=agency, provider_id=provider, authority_id=authority)


def run_add(name: str, email: str, post: Post) -> int:
    """Invite somebody, and print the secret with which they set their password: once, here."""
    _refuse_misread(name, email)
    by = settings().actor()
    with open_store() as store:
        at = store.clock()
        made = store.transact(lambda work: invite(name, email, post, by=by, at=at, work=work))
    say = results()
    say.print(f"{made.row.id} is invited as {post.role.value.replace('_', ' ')}.")
    _tell(made.link)
    return 0


def run_list() -> int:
    """Print every account, a line each."""
    with open_store() as store, store.reading() as work:
        lines = [_line(row) for row in _all(work)]
    say = results()
    say.print(f"{len(lines):,} accounts:" if len(lines) != 1 else "1 account:")
    print_lines(lines, say)
    return 0


def run_suspend(who: str, *, reason: str, quiet: bool) -> int:
    """Let nobody use an account until an administrator reactivates it."""
    by = settings().actor()
    with open_store() as store:
        at = store.clock()

        def deed(work: Work) -> AccountRow:
            return suspend_account(_found(work, who).id, why=reason, seen=None, by=by, at=at, work=work)

        row = store.transact(deed)
    results(quiet=quiet).print(f"{row.id} is suspended: its sessions, tokens and links have ended.")
    return 0


def run_reset(who: str, *, second_factor: bool) -> int:
    """Print a secret with which somebody sets a password; the old one ends (the second factor if asked)."""
    by = settings().actor()
    with open_store() as store:
        at = store.clock()

        def deed(work: Work) -> Link:
            row = _found(work, who)
            if second_factor and credential_of(work, row.id).totp is not None:
                reset_second_factor(row.id, by=by, at=at, work=work)
            again = invite_again if row.status is AccountStatus.INVITED else reset_password
            return again(row.id, by=by, at=at, work=work)

        link = store.transact(deed)
    _tell(link)
    return 0


def _tell(link: Link) -> None:
    say = results()
    say.print(f"The secret works once, until {link.expires_at:%Y-%m-%d %H:%M} UTC, and is not printed again:")
    say.print(f"  {link.secret}", soft_wrap=True)
    say.print("Hand it to its owner alone. They set their password with it at")
    say.print(f"  {settings().origin.split()[0]}/invitation", soft_wrap=True)


def _refuse_misread(name: str, email: str) -> None:
    faults = []
    for option, kind, text in (("--name", Line, name), ("--email", Email, email)):
        try:
            TypeAdapter(kind).validate_python(text)
        except ValidationError:
            faults.append(f"{option}: {printable(text)!r} cannot be used")
    if faults:
        raise Refused("Nobody was invited.", faults)


def _found(work: Work, who: str) -> AccountRow:
    row = account_at(work, who) if "@" in who else work.session.get(AccountRow, who)
    if row is None:
        raise NotFound("account", who)
    return row


def _all(work: Work) -> Iterator[AccountRow]:
    last: str | None = None
    while rows := accounts(work, after=last, most=_PAGE):
        yield from rows
        last = rows[-1].id


def _line(row: AccountRow) -> str:
    of = row.agency_id or row.provider_id or row.authority_id
    post = row.role.value.replace("_", " ") + (f" of {of}" if of else "")
    return f"{row.id}  {row.status}  {post}  {row.name} <{row.email}>"
