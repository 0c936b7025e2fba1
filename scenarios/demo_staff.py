"""Who works with the gateway in the demonstration: an account for everybody who appears in its events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final

from gateway.accounts.inviting import Post, invite
from gateway.records.actor import Actor, Role
from gateway.storage.work import Work
from scenarios.demo_scene import Staff
from scenarios.large_names import forename, surname
from scenarios.region_in_store import RegionInStore

OFFICERS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointed:
    """Everybody, and of each role of the partnership's own the one to try the gateway as.

    one_of
        An account's id by role.
    """

    staff: Staff
    one_of: Mapping[Role, str]


def appoint(region: RegionInStore, *, seed: int, by: Actor, at: datetime, work: Work) -> Appointed:
    """An account for each provider and agency, for officers and for each other role; nobody can sign in yet.

    All were invited on the first day, and no link of theirs is good any more: `invite_again` makes a new one.

    Addresses are of ``example.org``, which nobody has (RFC 2606).
    """
    office = _Office(Random(seed), by=by, at=at, work=work)
    administrator = office.account(Role.ADMINISTRATOR)
    manager = office.account(Role.DUTY_MANAGER)
    officers = [office.account(Role.OFFICER) for _ in range(OFFICERS)]
    providers = {id: office.account(Role.PROVIDER, provider_id=id) for id in region.providers.values()}
    referrers = {id: office.account(Role.REFERRER, agency_id=id) for id in region.agencies.values()}
    lead = office.account(Role.COMMISSIONER, authority_id=region.region.lead_authority)
    auditor = office.account(Role.AUDITOR)
    chosen = [administrator, manager, officers[0], lead, auditor]
    return Appointed(
        staff=Staff(
            administrator=administrator,
            manager=manager,
            officers=officers,
            providers=providers,
            referrers=referrers,
        ),
        one_of={each.role: each.id for each in chosen},
    )


class _Office:
    def __init__(self, rng: Random, *, by: Actor, at: datetime, work: Work) -> None:
        self.rng, self.by, self.at, self.work = rng, by, at, work
        self.made = 0

    def account(self, role: Role, **works_for: str) -> Actor:
        """Somebody of this role, with an invented name."""
        self.made += 1
        email = f"{role.value.replace('_', '-')}-{self.made}@example.org"
        name = f"{forename('', self.rng)} {surname(self.rng)}"
        post = Post(role=role, **works_for)
        row = invite(name, email, post, by=self.by, at=self.at, work=self.work).row
        return Actor(id=row.id, role=role)
