"""Email addresses by which accounts are found: by a blind index, so that the database tells none of them."""

import unicodedata

from sqlalchemy import select

from gateway.accounts.tables import AccountRow
from gateway.storage.work import Work


def normal_address(email: str) -> str:
    """The address as it is compared: small letters, nothing around it.

    Strictly the part before the @ may tell capitals apart (RFC 5321, 2.4); no provider of note does, and two
    accounts that differ by a capital would be a trap.
    """
    return unicodedata.normalize("NFKC", email).strip().casefold()


def address_digest(work: Work, email: str) -> str:
    """The blind index of an address."""
    return work.keys.digest("email", normal_address(email))


def account_at(work: Work, email: str) -> AccountRow | None:
    """Whose address this is."""
    return work.first(select(AccountRow).where(AccountRow.email_digest == address_digest(work, email)))
