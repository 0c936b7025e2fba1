"""Who comes back, how often, from where and what happened last: as a plain reading of the rows would tell."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from gateway.monitoring.repeat_presentations import repeat_presentations
from gateway.monitoring.what_happened_last import (
    RULES,
    Cause,
    Ending,
    Happening,
    cause_of,
    offer_ending,
    referral_ending,
)
from gateway.people.merge_people import merge_people
from gateway.people.tables import ExclusionRow
from gateway.placements.states import OfferStatus
from gateway.placements.tables import RefusalReason, Review, Side
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason
from tests.gateway.ground import (
    BIRMINGHAM,
    NOW,
    OFFICER,
    TODAY,
    person,
)
from tests.gateway.monitoring.drawn_presentations import Drawn, come, day, ground, offer
from tests.gateway.people.test_possible_duplicates import queries

SEEN = {"by": OFFICER, "at": NOW}


def found(store, **options):
    with store.reading() as work:
        return repeat_presentations(work, as_of=TODAY, **(SEEN | options))


def test_somebody_who_comes_twice_in_the_window_is_told_with_days_agencies_and_cause(store):
    def world(work):
        ground(work)
        for id in ("P-1", "P-2", "P-3"):
            person(work, id)
        first = come(work, "R-1", "P-1", -300, agency_id="A-2")
        come(work, "R-2", "P-1", -20)
        come(work, "R-3", "P-1", 0)
        offer(work, "O-1", first, -250, reason=RefusalReason.RISK_NOT_MANAGEABLE)
        come(work, "R-4", "P-2", -10)
        come(work, "R-5", "P-3", -366)
        come(work, "R-6", "P-3", 0)

    store.transact(world)
    (who,) = found(store)
    assert (who.person_id, who.times, who.days) == ("P-1", 3, (day(-300), day(-20), day(0)))
    assert who.agencies == (("A-1", 2), ("A-2", 1))
    assert (who.last.subject, who.cause) == ("O-1", Cause.RISK_NOT_MANAGEABLE)
    assert [each.person_id for each in found(store, window_days=367)] == ["P-1", "P-3"]
    assert [each.times for each in found(store, window_days=21)] == [2]
    assert found(store, window_days=20) == ()
    assert found(store, at_least=4) == ()
    assert queries(store, lambda: found(store)) == 7


def test_merged_people_count_together_and_apart_again_when_the_merge_is_undone(store):
    def world(work):
        ground(work)
        for number in (1, 2):
            person(work, f"P-{number}")
            come(work, f"R-{number}", f"P-{number}", -number)

    store.transact(world)
    assert found(store) == ()
    store.transact(lambda work: merge_people("P-1", "P-2", why="x", by=OFFICER, at=NOW, work=work))
    assert [(each.person_id, each.times) for each in found(store)] == [("P-2", 2)]


def test_what_never_was_a_presentation_does_not_count(store):
    never = {
        "draft": {"status": ReferralStatus.DRAFT},
        "old draft": {
            "status": ReferralStatus.EXPIRED,
            "end_reason": EndReason.TOO_OLD,
            "waiting_since": None,
        },
        "duplicate": {"status": ReferralStatus.DECLINED, "end_reason": EndReason.DUPLICATE},
        "tomorrow": {"referred_on": day(1)},
    }

    def world(work):
        ground(work)
        for number, facts in enumerate(never.values(), start=1):
            person(work, f"P-{number}")
            come(work, f"R-{number}", f"P-{number}", -1)
            come(work, f"R-1{number}", f"P-{number}", -2, **facts)

    store.transact(world)
    assert found(store) == ()


def test_where_the_day_of_arrival_is_not_known_the_day_of_entering_counts_in_london(store):
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # already 2 July in London

    def world(work):
        ground(work)
        person(work)
        for number in (1, 2):
            come(work, f"R-{number}", "P-1", 0, referred_on=None, entered_at=late)

    store.transact(world)
    with store.reading() as work:
        second = late.date() + timedelta(days=1)
        assert repeat_presentations(work, as_of=second, window_days=1, **SEEN)[0].days == (second, second)
        assert repeat_presentations(work, as_of=late.date(), window_days=1, **SEEN) == ()


@pytest.mark.parametrize("ending", list(Ending))
def test_every_ending_has_a_cause(ending):
    assert cause_of(Happening(day=TODAY, step=0, subject="R-1", ending=ending), ()) is RULES[ending]


def test_how_offers_and_referrals_end():
    refused, risk = OfferStatus.REFUSED, RefusalReason.RISK_NOT_MANAGEABLE
    assert offer_ending(refused, Side.PROVIDER, risk, Review.CONFIRMED) is Ending.REFUSED_FOR_RISK
    assert offer_ending(refused, Side.PROVIDER, risk, Review.OVERRULED) is Ending.REFUSAL_OVERRULED
    assert offer_ending(refused, Side.PROVIDER, RefusalReason.OTHER, None) is Ending.REFUSED_BY_PROVIDER
    assert offer_ending(refused, Side.PERSON, risk, None) is Ending.OFFER_ENDED
    assert offer_ending(OfferStatus.LAPSED, Side.PROVIDER, None, None) is Ending.OFFER_ENDED
    declined, expired = ReferralStatus.DECLINED, ReferralStatus.EXPIRED
    assert referral_ending(declined, EndReason.RISK_NOT_MANAGEABLE, waited=True) is Ending.DECLINED_FOR_RISK
    assert referral_ending(declined, EndReason.NOT_ELIGIBLE, waited=False) is Ending.NOT_ELIGIBLE
    assert referral_ending(expired, EndReason.TOO_OLD, waited=True) is Ending.EXPIRED_WAITING
    assert referral_ending(expired, EndReason.NOT_ANSWERED, waited=True) is Ending.REFERRAL_ENDED
    assert referral_ending(declined, EndReason.OTHER, waited=True) is Ending.REFERRAL_ENDED


def barred_by(first, last, **scope):
    none = {"service_id": None, "provider_id": None, "authority_id": None, "lifted_on": None}
    return ExclusionRow(from_day=day(first), until=day(last), **(none | scope))


def test_an_exclusion_there_is_to_be_challenged_even_if_it_has_ended_and_one_elsewhere_is_not():
    refused = Happening(
        day=TODAY,
        step=1,
        subject="O-1",
        ending=Ending.REFUSED_BY_PROVIDER,
        service=("S-1", "V-1", BIRMINGHAM),
    )
    ended, to_come = barred_by(-90, -30, provider_id="V-1"), barred_by(1, 30, provider_id="V-1")
    assert cause_of(refused, [ended]) is Cause.EXCLUSION_TO_CHALLENGE
    assert cause_of(refused, [to_come, barred_by(-9, 9, service_id="S-2")]) is Cause.PROVIDER_ISSUE
    declined = Happening(day=TODAY, step=0, subject="R-1", ending=Ending.NOT_ELIGIBLE)
    assert cause_of(declined, [ended]) is Cause.GAP_IN_SERVICES
    assert cause_of(declined, [barred_by(-9, 9, service_id="S-2")]) is Cause.EXCLUSION_TO_CHALLENGE
    own_choice = Happening(
        day=TODAY, step=1, subject="O-1", ending=Ending.OFFER_ENDED, service=refused.service
    )
    assert cause_of(own_choice, [ended]) is Cause.OTHER


@pytest.mark.parametrize("seed", range(3))
def test_it_is_what_a_plain_reading_of_all_rows_says(store, seed):
    drawn = Drawn(seed)
    store.transact(drawn.build)
    for window_days in (30, 70):
        answers = found(store, window_days=window_days)
        assert sorted(
            (each.person_id, list(each.days), Counter(dict(each.agencies)), each.cause) for each in answers
        ) == sorted(drawn.expected(window_days))
        order = [(-each.times, [-d.toordinal() for d in each.days[-1:]], each.person_id) for each in answers]
        assert order == sorted(order)
