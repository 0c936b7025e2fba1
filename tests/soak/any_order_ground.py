"""Where deeds in any order begin: three services, two agreements, six people, some of them on their way.

S-1 (hub, Birmingham) is bought together by Birmingham and Dudley; S-2 (local, Dudley, one shared pool) is
open to others under an access agreement; S-3 (hub, Walsall) is for women, and both of its units may be
re-designated.
"""

from datetime import date
from decimal import Decimal

from gateway.agreements.append_schedule import append_schedule
from gateway.agreements.make import make_agreement
from gateway.agreements.tables import AccessGroup, AgreementKind
from gateway.agreements.terms import Clause, Purchase
from gateway.assessment.adopting import adopt_scheme
from gateway.assessment.scheme import shipped_document, shipped_scheme
from gateway.assessment.scoring import score_referral
from gateway.directory.tables import ConversionRow, Tier, UnitGender
from gateway.people.details import PersonDetails
from gateway.people.enter_person import enter_person
from gateway.people.record_consent import give_consent
from gateway.placements.answering import accept_offer
from gateway.placements.moving_in import move_in
from gateway.placements.offering import make_offer
from gateway.referrals.details import ReferralDetails
from gateway.referrals.entering import refer
from gateway.referrals.triaging import put_on_list, take_in
from gateway.stay import Stay
from tests.gateway.ground import (
    BIRMINGHAM,
    DUDLEY,
    NOW,
    OFFICER,
    TODAY,
    WALSALL,
    agency,
    authorities,
    provider,
    put,
    service,
)

SCHEME = "new-directions-team"
ITEMS = {item.key: item.scores for item in shipped_scheme(SCHEME).items}
BEGAN = date(2025, 4, 1)
GENDERS = ("female", "male", "female", "male", "female", None)
HOMES = (BIRMINGHAM, DUDLEY, WALSALL, None)
DOING = {"by": OFFICER, "at": NOW}


def world(work):
    """Everything; P and R of the first four have been scored, and the first lives in U-1-1."""
    authorities(work)
    provider(work)
    provider(work, "V-2")
    agency(work)
    service(work, "S-1", units=3)
    service(work, "S-2", authority=DUDLEY, tier=Tier.LOCAL, gender=UnitGender.SAME)
    service(work, "S-3", authority=WALSALL, provider="V-2", gender=UnitGender.FEMALE)
    female, male = UnitGender.FEMALE, UnitGender.MALE
    put(work, ConversionRow(service_id="S-3", source=female, target=male, max_units=2, cost=1))
    agreements(work)
    adopt_scheme(shipped_document(SCHEME), **DOING, work=work)
    people = [somebody(work, number) for number in range(len(GENDERS))]
    referrals = [referred(work, id, number) for number, id in enumerate(people[:5])]
    for number, id in enumerate(referrals[:4]):
        on_the_list(work, id, number)
    offer = make_offer(referrals[0], ["U-1-1"], from_day=TODAY, answer_by=None, **DOING, work=work)
    accept_offer(offer.id, **DOING, work=work)
    move_in(offer.id, TODAY, **DOING, work=work)


def agreements(work):
    """A joint purchase of S-1, and access to S-2."""
    term = Stay(BEGAN, date(2028, 4, 1))
    joint = make_agreement(
        "The hub",
        kind=AgreementKind.JOINT_PURCHASE,
        lead_id=BIRMINGHAM,
        parties=[BIRMINGHAM, DUDLEY],
        services=["S-1"],
        term=term,
        **DOING,
        work=work,
    )
    access = make_agreement(
        "Dudley's house",
        kind=AgreementKind.ACCESS,
        lead_id=DUDLEY,
        parties=[BIRMINGHAM, DUDLEY, WALSALL],
        services=["S-2"],
        term=term,
        **DOING,
        work=work,
    )
    first = {"from_day": BEGAN, **DOING, "work": work}
    append_schedule(joint.id, 1, purchases=bought(2, 1), clauses=[others("S-1", units=1)], **first)
    append_schedule(access.id, 1, clauses=[others("S-2", weeks=60)], **first)


def bought(birmingham, dudley):
    return [
        Purchase(service_id="S-1", authority_id=authority, units=units, price=Decimal(18200))
        for authority, units in ((BIRMINGHAM, birmingham), (DUDLEY, dudley))
    ]


def others(service_id, *, units=None, weeks=None):
    """What all who are no hosts may use."""
    return Clause(
        clause="schedule 2, others",
        group=AccessGroup.NON_HOST,
        service_id=service_id,
        max_units=units,
        max_unit_weeks=None if weeks is None else Decimal(weeks),
    )


def somebody(work, number):
    details = PersonDetails(told_on=TODAY, surname=f"Alder{chr(97 + number)}", gender=GENDERS[number])
    person = enter_person(details, **DOING, work=work)
    give_consent(person.id, given_on=TODAY, how="by telephone", **DOING, work=work)
    return person.id


def referred(work, person_id, number):
    form = ReferralDetails(
        person_id=person_id,
        agency_id="A-1",
        authority_id=HOMES[number % len(HOMES)],
        client_groups=("single-homeless",),
        immediate_safety=False,
        units=2 if number == 3 else 1,
    )
    return refer(form, **DOING, work=work).id


def on_the_list(work, referral_id, number):
    take_in(referral_id, **DOING, work=work)
    answers = {item: scores[number % len(scores)] for item, scores in ITEMS.items()}
    score_referral(referral_id, answers, **DOING, work=work)
    put_on_list(referral_id, **DOING, work=work)
