"""Find accounts: page by page, in the order of their ids, or by an address."""

from collections.abc import Sequence

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
