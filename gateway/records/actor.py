"""Who does something: a named person in a role, or the gateway's own clockwork."""

from dataclasses import dataclass
from enum import StrEnum

from gateway.refusals import refuse


class Role(StrEnum):
    """What somebody is here to do. What each may do is decided at the doors, in one table."""

    REFERRER = "referrer"
    OFFICER = "officer"
    DUTY_MANAGER = "duty_manager"
    PROVIDER = "provider"
    COMMISSIONER = "commissioner"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    CLOCKWORK = "clockwork"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does it, and in which role.

    id
        The account's id; never a name.

    Raises
    ------
    Invalid
        If the id is empty.
    """

    id: str
    role: Role

    def __post_init__(self) -> None:
        refuse([("id", "is empty")] if not self.id else [])


CLOCKWORK = Actor(id="clockwork", role=Role.CLOCKWORK)
"""What happens because its time has come: a deadline, an expiry. Who set it has an event of their own."""
