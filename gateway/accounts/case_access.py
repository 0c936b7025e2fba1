"""Letting somebody who has an account open a restricted case."""

from datetime import datetime

from gateway.accounts.tables import AccountRow, AccountStatus
from gateway.people.restrict import grant_access
from gateway.people.tables import GrantRow
from gateway.records.actor import Actor
from gateway.refusals import NotFound, refuse
from gateway.storage.work import Work


def grant_account(
    person_id: str, account_id: str, *, until: datetime, why: str, by: Actor, at: datetime, work: Work
) -> GrantRow:
    """Let an account that may be used open a restricted case, until a moment.

    Raises
    ------
    NotFound, NotRestricted, PersonErased
        As `gateway.people.restrict.grant_access`.
    Invalid
        As there; or if no account that may be used has this id.
    """
    granted = grant_access(person_id, account_id, until=until, why=why, by=by, at=at, work=work)
    refuse([] if _may_be_used(work, account_id) else [("holder", "is no account that may be used")])
    return granted


def _may_be_used(work: Work, account_id: str) -> bool:
    try:
        return work.get(AccountRow, account_id).status is AccountStatus.ACTIVE
    except NotFound:
        return False
