"""Whatever is done in whatever order, the record stays true.

Officers, managers, providers and referrers do whatever the gateway can do, to whatever is there, on whatever
day. Each deed succeeds or is refused; after each every invariant holds and states have moved only as they may
(`any_order.Gateway`); at the end the chain holds and the ledgers are what counting day by day gives. In CI a
few short lives on each database; `dev.py soak` lives hundreds longer ones. How often each deed was done and
refused is logged: ``--log-cli-level=INFO``.
"""

import logging
import os
from collections import Counter
from datetime import timedelta
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from gateway.agreements.ledger import ledger
from gateway.agreements.standing import agreement_on
from gateway.agreements.tables import AgreementRow, CoveredServiceRow
from gateway.invariants.check import check
from gateway.placements.tables import HoldKind, HoldRow
from gateway.records.seal import seal
from gateway.records.verify import verify
from tests.gateway.agreements.worlds import is_about
from tests.soak.any_order import CHANCE, Gateway
from tests.soak.any_order_ground import BEGAN, world
from tests.soak.deeds_for_people import DirectoryDeeds, PeopleDeeds
from tests.soak.deeds_for_places import OfferDeeds, RunDeeds
from tests.soak.deeds_for_referrals import ReferralDeeds

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
LIVES = {"sqlite": 10, "postgresql": 2}
SOAKED_LIVES = {"sqlite": 400, "postgresql": 40}

OFTEN = ("a_referral", "another_referral", "a_new_offer", "a_move", "an_offer", "a_line", "offers_of_a_run")
SELDOM = (
    *("a_person", "a_restriction", "an_exclusion", "a_safety", "a_void", "a_service", "a_schedule"),
    *("a_new_referral", "a_band", "time_passes", "a_refusal", "a_placement", "a_run", "a_run_that_stands"),
    *("a_band_of_a_run", "a_redesignation", "an_emergency"),
)
NEEDS = {
    **dict.fromkeys(("an_offer", "a_refusal"), "offers"),
    **dict.fromkeys(("a_line", "a_band_of_a_run", "offers_of_a_run", "a_run_that_stands"), "proposals"),
    "a_redesignation": "redesignation_requests",
}
"""What there must be for a deed to be worth trying."""


class AnyOrder(Gateway, PeopleDeeds, DirectoryDeeds, ReferralDeeds, OfferDeeds, RunDeeds):
    """Everything that can be done."""

    @rule(chance=CHANCE)
    def a_day(self, chance):
        """Some of everything: left to itself, Hypothesis keeps to a few kinds of deeds in each life."""
        for name in chance.choices(OFTEN + SELDOM, weights=[3] * len(OFTEN) + [1] * len(SELDOM), k=5):
            if name not in NEEDS or NEEDS[name] in self.kinds:
                getattr(self, name)(chance)
                self.every_invariant_holds()

    @invariant()
    def every_invariant_holds(self):
        with self.store.reading() as work:
            assert [str(each) for each in check(work)] == []

    def teardown(self):
        try:
            seal(self.store)
            with self.store.reading() as work:
                assert [str(each) for each in verify(work).wrong] == []
                for agreement_id in self.ids(AgreementRow):
                    same_as_counted(work, agreement_id, self.today + timedelta(days=30))
        finally:
            self.store.close()
            if self.store.engine.dialect.name == "sqlite":
                Path(self.store.engine.url.database).unlink()  # hundreds of them would fill a disk


def same_as_counted(work, agreement_id, counted_to):
    """The ledger of every agreement year begun tells what counting holds day by day tells."""
    for year in (BEGAN.year, BEGAN.year + 1):
        told = ledger(work, agreement_id, year, counted_to=counted_to)
        lived = days_lived(work, agreement_id, told.year.from_day, told.counted_to)
        used = {(each.service_id, each.authority_id): each.used_days for each in told.accounts}
        assert {key: days for key, days in used.items() if days} == lived
        assert {each.clause: each.used_days for each in told.clauses} == by_clause(work, told, lived)


def days_lived(work, agreement_id, first, until):
    """Unit days by service and authority: every day of every hold looked at by itself."""
    covered = {
        row.service_id
        for row in work.where(CoveredServiceRow, CoveredServiceRow.agreement_id == agreement_id)
    }
    lived = Counter()
    for hold in work.where(HoldRow):
        if hold.kind is not HoldKind.LIVING or hold.cancelled or hold.service_id not in covered:
            continue
        for number in count():
            day = hold.from_day + timedelta(days=number)
            if day >= until or day == hold.until:
                break
            lived[hold.service_id, hold.authority_id] += day >= first
    return +lived


def by_clause(work, told, lived):
    """Unit days by clause that limits unit weeks, each person read against the words of the clause."""
    last = max(told.year.from_day, told.counted_to - timedelta(days=1))
    agreement = agreement_on(work, told.agreement_id, last)
    return {
        clause.clause: sum(days for key, days in lived.items() if is_about(agreement, clause, *key))
        for clause in agreement.clauses
        if clause.max_unit_weeks is not None
    }


def test_whatever_is_done_in_whatever_order_the_record_stays_true(database_maker, request):
    database, done = request.node.callspec.params["database_maker"], Counter()
    lives = (SOAKED_LIVES if SOAK else LIVES)[database]
    run_state_machine_as_test(
        lambda: AnyOrder(database_maker(), world, done),
        settings=settings(
            max_examples=lives,
            # A life is long to make shorter: only a soak takes its time to.
            phases=tuple(Phase) if SOAK else (Phase.explicit, Phase.generate),
            stateful_step_count=50 if SOAK else 20,
            suppress_health_check=list(HealthCheck),
            deadline=None,
        ),
    )
    for name, times in sorted(done.items()):
        logging.getLogger(__name__).info("%6d %s", times, name)
    assert done
