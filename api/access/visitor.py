"""Who has come in: an account, what it may do here and now, and whose rows it works with."""

from dataclasses import dataclass

from api.access.permissions import MAY, SECOND_FACTOR, Permission
from gateway.accounts.tables import AccountRow
from gateway.records.actor import Actor, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody at a door.

    scopes
        What their token carries; ``None``: they signed in themselves.
    agency_id, provider_id, authority_id
        For whom they work.
    session_id
        The session they came with, ``None`` with a token.
    second_factor
        Whether one vouched for them.
    factor_due
        Whether they have set one up that has not vouched for them yet: until it has, a thief of their
        password must not get anywhere.
    """

    account_id: str
    role: Role
    agency_id: str | None
    provider_id: str | None
    authority_id: str | None
    session_id: str | None
    second_factor: bool
    scopes: frozenset[Permission] | None = None
    factor_due: bool = False

    @property
    def actor(self) -> Actor:
        """As whom they act, in events."""
        return Actor(id=self.account_id, role=self.role)

    @property
    def lacks_second_factor(self) -> bool:
        """Whether a second factor that they have, or need, has not vouched for them; a token needs none."""
        needed = self.factor_due or self.role in SECOND_FACTOR
        return needed and not self.second_factor and self.scopes is None

    def may(self, permission: Permission) -> bool:
        """Whether they may do this kind of thing at all.

        Whose second factor is due may nothing, else a thief of their password would give themselves recovery
        codes; whose role needs one and has none may look after their own account, to set it up.
        """
        if permission not in MAY[self.role]:
            return False
        if self.scopes is not None:
            return permission in self.scopes
        if self.lacks_second_factor:
            return permission is Permission.OWN_ACCOUNT and not self.factor_due
        return True


def visitor_of(
    account: AccountRow,
    *,
    session_id: str | None = None,
    second_factor: bool = False,
    scopes: frozenset[Permission] | None = None,
    factor_due: bool = False,
) -> Visitor:
    """The visitor whose account this is."""
    return Visitor(
        account_id=account.id,
        role=account.role,
        agency_id=account.agency_id,
        provider_id=account.provider_id,
        authority_id=account.authority_id,
        session_id=session_id,
        second_factor=second_factor,
        scopes=scopes,
        factor_due=factor_due,
    )
