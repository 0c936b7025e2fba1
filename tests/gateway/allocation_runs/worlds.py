"""Small worlds in a store, for runs: services with units, people assessed and waiting."""

from gateway.allocation_runs.performing import perform
from gateway.allocation_runs.running import start_run
from gateway.allocation_runs.scope import Scope
from gateway.allocation_runs.tables import ProposalRow
from gateway.assessment.ranking import BAND_WIDTH
from gateway.assessment.tables import AssessmentRow
from gateway.placements.answering import accept_offer
from gateway.placements.moving_in import move_in
from gateway.placements.offering import make_offer
from gateway.referrals.triage_list import SCORED_FROM
from tests.gateway.ground import (
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


def assessed(work, id, *, band=1, rank=1):
    """The assessment in force of a referral, complete."""
    return put(
        work,
        AssessmentRow(
            id=f"A{id}",
            referral_id=id,
            scheme="new-directions-team",
            edition="1",
            assessed_on=TODAY,
            assessed_by=OFFICER.id,
            scored=True,
            score=20,
            band=band,
            effective_band=band,
            order_in_band=100 - rank,
            possible_bands=str(band),
            missing="",
        ),
    )


def waiting(work, number, *, band=1, rank=None, **facts):
    """Somebody who waits, scored: P-<n> with R-<n>; lower ranks come first."""
    about = {name: facts.pop(name) for name in ("gender", "born", "forename", "surname") if name in facts}
    rank = rank if rank is not None else band * 1000 + number
    person(work, f"P-{number}", **about)
    place = SCORED_FROM + band * BAND_WIDTH + rank
    row = referral(work, f"R-{number}", person=f"P-{number}", band=band, triage_rank=place, **facts)
    assessed(work, f"R-{number}", band=band, rank=rank)
    return row


def ground(work):
    authorities(work)
    provider(work)
    agency(work)


def two_services(work):
    """S-1 and S-2, two units each for anybody; three people wait, R-1 before R-2 before R-3."""
    ground(work)
    service(work, "S-1")
    service(work, "S-2")
    for number in (1, 2, 3):
        waiting(work, number)


def offered(work, referral_id, *units, day=TODAY):
    """An offer of these units, made."""
    return make_offer(referral_id, units, from_day=day, answer_by=None, by=OFFICER, at=NOW, work=work)


def settle(store, referral_id, *units, day=TODAY):
    """Somebody moves in: offered, accepted, moved in."""
    offer = store.transact(lambda work: offered(work, referral_id, *units, day=day))
    store.transact(lambda work: accept_offer(offer.id, by=OFFICER, at=NOW, work=work))
    return store.transact(lambda work: move_in(offer.id, on_day=day, by=OFFICER, at=NOW, work=work))


def run(store, **scope):
    """A run over everything, done; its id."""
    scope = Scope(**({"as_of": TODAY} | scope))
    queued = store.transact(lambda work: start_run(scope, by=MANAGER, at=NOW, work=work))
    perform(store, queued.id, by=MANAGER)
    return queued.id


def lines(store, run_id):
    """The lines of a run by referral."""
    with store.reading() as work:
        return {line.referral_id: line for line in work.where(ProposalRow, ProposalRow.run_id == run_id)}
