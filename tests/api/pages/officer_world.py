"""What an officer finds at the pages of triage: a scheme, services, and people of every state and name."""

from datetime import date, timedelta

from gateway.agreements.tables import AccessGroup
from gateway.assessment.adopting import adopt_scheme
from gateway.directory.tables import ServiceCodeRow, ServiceTrait, UnitGender
from gateway.people.details import PersonDetails
from gateway.people.enter_person import enter_person
from gateway.people.restrict import restrict_case
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralCodeRow, ReferralTrait
from tests.gateway.agreements.papers import access, clause
from tests.gateway.assessment.scored import DOCUMENT
from tests.gateway.ground import (
    ADMINISTRATOR,
    DUDLEY,
    MANAGER,
    NOW,
    OFFICER,
    TODAY,
    agency,
    authorities,
    person,
    provider,
    put,
    referral,
    service,
)

RIGHT_TO_LEFT = "محمد عبد الله"
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 2

S = ReferralStatus


def officer_world(work):
    """R-1 is new, R-2 in triage, R-3 waits, R-4 rests, R-5 was declined, R-6 waits and is restricted."""
    authorities(work)
    agency(work)
    provider(work)
    adopt_scheme(DOCUMENT, by=ADMINISTRATOR, at=NOW - timedelta(days=1), work=work)
    _people(work)
    states = (S.SUBMITTED, S.IN_TRIAGE, S.WAITING, S.PARKED, S.DECLINED, S.WAITING)
    for number, status in enumerate(states, start=1):
        facts = {"band": None, "triage_rank": 0, "immediate_safety": False, "sleeping_rough": number == 3}
        referral(work, f"R-{number}", person=f"P-{number}", status=status, **facts)
        group = {"trait": ReferralTrait.CLIENT_GROUP, "value": "single-homeless", "answer": True, "place": 1}
        put(work, ReferralCodeRow(referral_id=f"R-{number}", **group))
    _places(work)
    restrict_case("P-6", until=NOW + timedelta(days=9), seen=1, why="x", by=MANAGER, at=NOW, work=work)


def _people(work):
    born = date(1990, 5, 4)
    person(work, "P-1", forename="Ada", surname="Green", born=born)
    person(work, "P-2", forename=RIGHT_TO_LEFT, surname="", born=born, gender="male")
    person(work, "P-3", forename="Marguerite", surname="Alder", born=born, gender="female")
    person(work, "P-4", forename=LONG, surname=LONG)
    person(work, "P-5")
    person(work, "P-6", forename="Hidden", surname="Name", born=born)
    like = PersonDetails(
        told_on=TODAY, forename="Margaret", surname="Alder", known_as="Marguerite", born=born
    )
    return enter_person(like, by=OFFICER, at=NOW, work=work).id


def _places(work):
    service(work, "S-1", name="Alder House", units=2)
    service(work, "S-2", name="Birch Court", units=1, authority=DUDLEY)
    service(work, "S-3", name="Cedar Lodge", units=1, gender=UnitGender.MALE)
    service(work, "S-4", name="Damson House", units=1)
    service(work, "S-5", name="Elm House", units=1)
    put(work, ServiceCodeRow(service_id="S-4", trait=ServiceTrait.CLIENT_GROUP, value="young-people"))
    put(work, ServiceCodeRow(service_id="S-5", trait=ServiceTrait.FEATURE, value="step-free"))
    access(work, clause(AccessGroup.NON_HOST, units=0, service="S-2"), services=("S-2",))
