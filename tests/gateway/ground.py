"""The least ground on which the gateway's rooms can be tested: a clock, ids, keys, people who act, rows."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

from gateway.directory.tables import (
    AuthorityRow,
    DesignationRow,
    PartnershipRole,
    ProviderRow,
    ServiceRow,
    Tier,
    UnitGender,
    UnitKind,
    UnitRow,
)
from gateway.people.tables import PersonRow
from gateway.records.actor import Actor, Role
from gateway.records.write import write
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import AgencyRow, ReferralRow
from gateway.storage.sealing import Keyring

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday
TODAY = NOW.date()
KEYS = Keyring.generate()

OFFICER = Actor(id="officer-1", role=Role.OFFICER)
MANAGER = Actor(id="manager-1", role=Role.DUTY_MANAGER)
PROVIDER = Actor(id="provider-1", role=Role.PROVIDER)
REFERRER = Actor(id="referrer-1", role=Role.REFERRER)
ADMINISTRATOR = Actor(id="administrator-1", role=Role.ADMINISTRATOR)

BIRMINGHAM, DUDLEY, WALSALL, WOLVERHAMPTON = "E08000025", "E08000027", "E08000030", "E08000031"


class StoppedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        return self.now

    def on(self, **by):
        """Move it on by days, hours or minutes."""
        self.now += timedelta(**by)
        return self.now


class Ids:
    """Ids that count up, so that a test's rows are the same in every run."""

    def __init__(self):
        self.counts = count(1)

    def __call__(self, prefix):
        return f"{prefix}-{next(self.counts):06d}"


def put(work, *rows, about=()):
    """Write rows as they are, for a test that needs them to be there."""
    write(work, *rows, what="set up", by=OFFICER, at=NOW, about=about)
    return rows[0]


def authorities(work):
    """Birmingham and Dudley, primary; Walsall, secondary; Wolverhampton, other."""
    roles = {
        BIRMINGHAM: ("Birmingham", PartnershipRole.PRIMARY),
        DUDLEY: ("Dudley", PartnershipRole.PRIMARY),
        WALSALL: ("Walsall", PartnershipRole.SECONDARY),
        WOLVERHAMPTON: ("Wolverhampton", PartnershipRole.OTHER),
    }
    return put(work, *(AuthorityRow(id=id, name=name, role=role) for id, (name, role) in roles.items()))


def provider(work, id="V-1"):
    return put(work, ProviderRow(id=id, name="Alder"))


def service(work, id="S-1", *, units=2, authority=BIRMINGHAM, provider="V-1", gender=UnitGender.ANY, **facts):
    """A service with units U-<service>-1, -2 … in pool ``main``; its authority and provider must be there."""
    facts = {
        "name": f"Service {id}",
        "tier": Tier.HUB,
        "lot": "complex-needs",
        "opens_on": date(2020, 1, 1),
    } | facts
    row = put(work, ServiceRow(id=id, provider_id=provider, authority_id=authority, **facts))
    for number in range(1, units + 1):
        unit(work, f"U-{id.removeprefix('S-')}-{number}", service=id, gender=gender)
    return row


def unit(work, id, *, service="S-1", pool="main", gender=UnitGender.ANY, opens_on=date(2020, 1, 1), **facts):
    row = UnitRow(
        id=id, service_id=service, name=id, pool=pool, kind=UnitKind.BEDSPACE, opens_on=opens_on, **facts
    )
    put(work, row)
    put(
        work,
        DesignationRow(
            id=f"D{id}", unit_id=id, gender=gender, from_day=opens_on, reason="as built", set_at=NOW
        ),
    )
    return row


def agency(work, id="A-1"):
    return put(work, AgencyRow(id=id, name="Probation, Birmingham", kind="probation"))


def person(work, id="P-1", **facts):
    return put(work, PersonRow(id=id, entered_at=NOW, **facts), about=[id])


def referral(work, id="R-1", *, person="P-1", agency="A-1", status=ReferralStatus.WAITING, **facts):
    """A referral as it stands after triage; its person and agency must be there."""
    facts = {"authority_id": BIRMINGHAM, "referred_on": TODAY, "band": 1, "triage_rank": 1} | facts
    row = ReferralRow(
        id=id,
        person_id=person,
        agency_id=agency,
        entered_by="referrer-1",
        entered_at=NOW,
        status=status,
        status_since=NOW,
        waiting_since=NOW,
        **facts,
    )
    return put(work, row, about=[id, person])


def small_world(work):
    """Two services of two units each (S-1, S-2), and three people waiting (R-1 to R-3)."""
    authorities(work)
    provider(work)
    agency(work)
    for id in ("S-1", "S-2"):
        service(work, id)
    for number in (1, 2, 3):
        person(work, f"P-{number}")
        referral(work, f"R-{number}", person=f"P-{number}")
