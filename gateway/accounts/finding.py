"""Find accounts: page by page, in the order of their ids, or by an address."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from gateway.accounts.tables import AccountRow, AccountStatus
from gateway.records.actor import Role
from gateway.storage.work import Work


def accounts(
    work: Work,
    *,
    role: Role | None = None,
    status: AccountStatus | None = None,
    after: str | None = None,
    most: int,
) -> Sequence[AccountRow]:
    """Accounts in the order of their ids, those after one; names are sealed, so nobody can sort by them."""
    query = select(AccountRow).order_by(AccountRow.id).limit(most)
    if role is not None:
        query = query.where(AccountRow.role == role)
    if status is not None:
        query = query.where(AccountRow.status == status)
    if after is not None:
        query = query.where(AccountRow.id > after)
    return work.all(query)


def account_names(work: Work, ids: Collection[str]) -> Mapping[str, str]:
    """What the holders of these accounts are called, by id; an id that is no account's has none."""
    query = select(AccountRow.id, AccountRow.name).where(AccountRow.id.in_(sorted(set(ids))))
    return dict(work.session.execute(query).all())


def team(work: Work) -> Sequence[AccountRow]:
    """The accounts of the gateway team (officers and duty managers) that may be used, by id."""
    theirs = AccountRow.role.in_((Role.OFFICER, Role.DUTY_MANAGER)), AccountRow.status == AccountStatus.ACTIVE
    return work.all(select(AccountRow).where(*theirs).order_by(AccountRow.id))
