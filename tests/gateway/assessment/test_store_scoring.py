"""Scores are kept with their scheme and answers; what changes is scored anew, and nothing else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from gateway.assessment.adopting import EditionChanged, adopt_scheme
from gateway.assessment.assess import assess, in_triage_order
from gateway.assessment.override_rates import override_rates
from gateway.assessment.overriding import end_override, override_band
from gateway.assessment.rescoring import rescore_all_due, rescore_due
from gateway.assessment.scheme_documents import NoSchemeInForce, scheme_in_force
from gateway.assessment.scheme_preview import BandMove, preview_scheme
from gateway.assessment.scoring import assessed_with, change_facts, in_force, rescore
from gateway.assessment.stored_referrals import stored_referrals
from gateway.assessment.tables import AnswerRow, AssessmentRow, OverrideRow, SchemeRow
from gateway.people.keep_safe import set_safety_area
from gateway.people.tables import SafetyReason
from gateway.records.actor import CLOCKWORK
from gateway.records.tables import EventRow
from gateway.referrals.details import Known, ReferralDetails
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralRow
from gateway.referrals.triage_list import triage_list
from gateway.refusals import Conflict, Invalid, NotAllowed, NotFound
from gateway.stay import Stay
from scenarios.statements import statements
from tests.gateway.assessment.scored import DOCUMENT, HIGH, LOW, ground, score
from tests.gateway.ground import ADMINISTRATOR, DUDLEY, MANAGER, NOW, OFFICER, TODAY, put

TOMORROW = NOW + timedelta(days=1)
STRICTER = (
    DOCUMENT.replace('version: "1"', 'version: "2"')
    .replace("at_least: 30", "at_least: 41")
    .replace("at_least: 20, at_most: 29", "at_least: 20, at_most: 40")
)


@pytest.fixture(autouse=True)
def _ground(store):
    store.transact(ground)


def do(store, verb, *args, by=OFFICER, at=NOW, **facts):
    return store.transact(lambda work: verb(*args, by=by, at=at, work=work, **facts))


def test_a_score_is_kept_with_its_scheme_and_every_answer(store):
    kept = store.transact(lambda work: score(work, answers=HIGH | {"housing": None}))
    with store.reading() as work:
        row = work.get(ReferralRow, "R-1")
        answers = {each.item: each.score for each in work.where(AnswerRow)}
        (stands,) = work.where(AssessmentRow)
    assert answers == HIGH | {"housing": None}
    assert (stands.scheme, stands.edition, stands.missing) == ("new-directions-team", "1", "housing")
    assert (stands.scored, stands.score, stands.possible_bands, stands.assessed_by) == (
        False,
        None,
        "3",
        "officer-1",
    )
    assert (row.band, row.triage_rank < 10**15) == (3, True)
    assert kept.id == stands.id


def test_a_new_score_supersedes_the_one_before_and_both_are_kept(store):
    first = store.transact(score)
    second = store.transact(lambda work: score(work, answers=HIGH, at=TOMORROW))
    with store.reading() as work:
        kept = {each.id: each.superseded_at for each in work.where(AssessmentRow)}
        assert kept == {first.id: TOMORROW, second.id: None}
        assert work.get(ReferralRow, "R-1").band == 3


def test_what_the_scheme_does_not_ask_or_allow_is_refused_and_nothing_kept(store):
    with pytest.raises(Invalid) as caught:
        store.transact(lambda work: score(work, answers={"luck": 1, "housing": 9}))
    assert [field for field, _ in caught.value.faults] == ["housing", "luck"]
    with store.reading() as work:
        assert work.where(AssessmentRow) == []


def test_nobody_is_scored_without_a_scheme_or_after_the_end(store):
    with pytest.raises(NoSchemeInForce):
        store.transact(lambda work: score(work, at=NOW - timedelta(days=30)))

    def end(work):
        row = work.get(ReferralRow, "R-1")
        row.status = ReferralStatus.CLOSED
        put(work, row)

    store.transact(end)
    with pytest.raises(Conflict, match="only an open referral is scored"):
        store.transact(score)


def test_an_edition_is_kept_whole_and_never_changes(store):
    with pytest.raises(EditionChanged):
        do(store, adopt_scheme, DOCUMENT + "# reworded\n", by=ADMINISTRATOR)
    with pytest.raises(Invalid, match="bands"):
        do(store, adopt_scheme, STRICTER.replace("at_most: 40", "at_most: 50"), by=ADMINISTRATOR)
    do(store, adopt_scheme, STRICTER, by=ADMINISTRATOR, at=TOMORROW)
    with store.reading() as work:
        assert {each.document for each in work.where(SchemeRow)} == {DOCUMENT, STRICTER}
        assert scheme_in_force(work, NOW).version == "1"
        assert scheme_in_force(work, TOMORROW).version == "2"


def test_a_scheme_is_previewed_before_it_is_in_force_and_moves_exactly_those(store):
    store.transact(lambda work: score(work, "R-1", HIGH))
    store.transact(lambda work: score(work, "R-2", LOW))
    with store.reading() as work:
        moves = preview_scheme(work, STRICTER, on=TODAY)
        assert rescore_due(work, TODAY) == ()
    assert moves == [
        BandMove(
            referral_id="R-1",
            person_id="P-1",
            band_before=3,
            band_after=4,
            scored_before=True,
            scored_after=True,
        )
    ]
    do(store, adopt_scheme, STRICTER, by=ADMINISTRATOR)
    assert rescore_all_due(store, TOMORROW) == 2
    with store.reading() as work:
        assert {each.id: each.band for each in work.where(ReferralRow)} == {"R-1": 4, "R-2": 5, "R-3": None}
        assert {each.edition for each in work.where(AssessmentRow) if each.superseded_at is None} == {"2"}


def test_a_day_that_brings_a_duty_date_near_is_found_and_acts_by_itself(store):
    def owe(work):
        row = work.get(ReferralRow, "R-1")
        row.duty_date = TODAY + timedelta(days=20)
        put(work, row)

    store.transact(owe)
    store.transact(lambda work: score(work, "R-1"))
    store.transact(lambda work: score(work, "R-2"))
    with store.reading() as work:
        assert rescore_due(work, TODAY + timedelta(days=5)) == ()
        assert rescore_due(work, TODAY + timedelta(days=6)) == ("R-1",)
    assert rescore_all_due(store, NOW + timedelta(days=6)) == 1
    assert rescore_all_due(store, NOW + timedelta(days=6)) == 0
    with store.reading() as work:
        assert work.get(ReferralRow, "R-1").band == 2
        assert work.where(EventRow, EventRow.what == "referral rescored")[0].actor == CLOCKWORK.id


def test_a_corrected_fact_is_scored_anew_in_the_same_transaction(store):
    store.transact(score)
    details = ReferralDetails(
        person_id="P-1",
        agency_id="A-1",
        referred_on=TODAY,
        immediate_safety=True,
        sleeping_rough=False,
        client_groups=("single-homeless",),
    )
    with store.reading() as work:
        seen = work.get(ReferralRow, "R-1").version
    do(store, change_facts, "R-1", details, seen=seen, why="She rang.")
    with store.reading() as work:
        assert work.get(ReferralRow, "R-1").band == 1


def test_scoring_anew_what_has_not_changed_writes_nothing(store):
    store.transact(score)
    with store.reading() as work:
        before = len(work.where(EventRow))
    do(store, rescore, "R-1", at=NOW + timedelta(days=100))
    assert do(store, rescore, "R-2") is None
    with store.reading() as work:
        assert len(work.where(EventRow)) == before


def test_an_override_keeps_both_bands_and_ends(store):
    store.transact(score)
    do(store, override_band, "R-1", 1, reason="Heard at\nMARAC today.", by=MANAGER)
    with store.reading() as work:
        (kept,) = work.where(OverrideRow)
        stands = in_force(work, "R-1")
        assert (kept.computed_band, kept.band, kept.set_by, kept.reason) == (
            5,
            1,
            "manager-1",
            "Heard at MARAC today.",
        )
        assert (stands.band, stands.effective_band, work.get(ReferralRow, "R-1").band) == (5, 1, 1)
    do(store, override_band, "R-1", 2, reason="Seen again.")
    do(store, end_override, "R-1", why="Safe now.")
    with store.reading() as work:
        assert [each.ended_at for each in work.where(OverrideRow)] == [NOW, NOW]
        assert work.get(ReferralRow, "R-1").band == 5
    with pytest.raises(NotFound):
        do(store, end_override, "R-1", why="Again.")


def test_an_override_is_a_named_persons_with_a_reason_and_a_band_that_there_is(store):
    with pytest.raises(NotAllowed):
        do(store, override_band, "R-1", 1, reason="It is time.", by=CLOCKWORK)
    with pytest.raises(Invalid) as caught:
        do(store, override_band, "R-1", 9, reason=" ")
    assert [field for field, _ in caught.value.faults] == ["band", "reason"]


def test_who_is_overridden_before_being_scored_stays_at_the_top(store):
    do(store, override_band, "R-3", 5, reason="Known to us.")
    store.transact(lambda work: score(work, "R-1", HIGH))
    with store.reading() as work:
        assert [line.id for line in triage_list(work).lines] == ["R-2", "R-3", "R-1"]
        assert [line.scored for line in triage_list(work).lines] == [False, False, True]


def test_rates_count_referrals_ways_and_officers_and_are_nothing_over_nobody(store):
    for id in ("R-1", "R-2"):
        store.transact(lambda work, id=id: score(work, id))
    do(store, override_band, "R-1", 1, reason="Worse.", by=MANAGER)
    do(store, override_band, "R-1", 5, reason="As it was.")
    do(store, override_band, "R-3", 2, reason="Known.", at=TOMORROW)
    with store.reading() as work:
        rates = override_rates(work, Stay.on(TODAY))
        assert (rates.assessed, rates.overridden, rates.share) == (2, 1, 0.5)
        assert (rates.raised, rates.lowered, rates.confirmed, rates.not_computed) == (1, 0, 1, 0)
        assert rates.by_officer == (("manager-1", 1), ("officer-1", 1))
        assert override_rates(work, Stay(TODAY, None)).not_computed == 1
        assert override_rates(work, Stay.on(TODAY - timedelta(days=9))).share is None


def test_the_list_is_in_triage_order_and_the_stored_referral_is_what_is_scored(store):
    do(store, set_safety_area, "P-2", DUDLEY, reason=SafetyReason.THREAT, on=TODAY)
    for id, answers in (("R-1", LOW), ("R-2", HIGH), ("R-3", HIGH | {"housing": None})):
        store.transact(lambda work, id=id, answers=answers: score(work, id, answers))
    with store.reading() as work:
        with statements(store) as sent:
            stored = stored_referrals(work, ["R-1", "R-2", "R-3"], on=TODAY)
        scheme = scheme_in_force(work, NOW)
        ordered = in_triage_order(assess(each, scheme, on=TODAY) for each in stored.values())
        assert [line.id for line in triage_list(work).lines] == [each.reference for each in ordered]
        assert stored["R-2"].avoid_areas == (DUDLEY,)
    assert len(sent) == 5


def test_a_risk_that_is_unknown_or_no_is_no_tag(store):
    details = ReferralDetails(
        person_id="P-1",
        agency_id="A-1",
        referred_on=TODAY,
        client_groups=("offenders", "single-homeless"),
        risks=(
            Known(code="arson"),
            Known(code="self-harm", answer=False),
            Known(code="violence", answer=True),
        ),
    )
    with store.reading() as work:
        seen = work.get(ReferralRow, "R-1").version
    do(store, change_facts, "R-1", details, seen=seen, why="The form came.")
    with store.reading() as work:
        stored = stored_referrals(work, ["R-1"], on=TODAY)["R-1"]
        assert work.all(select(ReferralRow.triage_rank).where(ReferralRow.id == "R-1")) == [0]
    assert stored.tags == ("violence",)
    assert stored.client_groups == ("offenders", "single-homeless")


def test_answers_can_be_tried_and_nothing_is_kept(store):
    with store.reading() as work:
        found = assessed_with("R-1", HIGH, at=NOW, work=work)
        partly = assessed_with("R-1", HIGH | {"housing": None}, at=NOW, work=work)
        with pytest.raises(Invalid):
            assessed_with("R-1", {"housing": 9}, at=NOW, work=work)
        assert (found.score, found.band, partly.score) == (40, 3, None)
        assert in_force(work, "R-1") is None
    kept = store.transact(lambda work: score(work, answers=HIGH))
    assert (kept.score, kept.band) == (found.score, found.band)
