"""Whoever is due is erased whole; whoever is not stays; what must be counted is counted still."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from gateway.people.tables import ERASED as NOBODY
from gateway.people.tables import PersonRow, SafetyReason, SeparationRow
from gateway.placements.tables import HoldRow, OfferRow, PlacementRow
from gateway.records.erase import FATES
from gateway.records.legal_hold import lift_legal_hold, place_legal_hold
from gateway.records.reach import NOT_ABOUT_PEOPLE, paths
from gateway.records.retention import DRAFT, ENDED, apply, preview
from gateway.records.retention_rules import (
    RetentionRules,
)
from gateway.records.seal import seal
from gateway.records.tables import EventRow, ParticularRow, RetentionRunRow, StatisticRow
from gateway.records.tombstones import PERSON, REFERRAL
from gateway.records.verify import verify
from gateway.records.write import write
from gateway.referrals.states import OPEN, ReferralStatus
from gateway.referrals.tables import ERASED as NO_REFERRAL
from gateway.referrals.tables import (
    ReferralRow,
)
from gateway.refusals import Conflict, Invalid, NotFound
from gateway.schema import Row
from scenarios.statements import statements
from tests.gateway.ground import NOW, OFFICER, TODAY, put, referral, small_world
from tests.gateway.records.lives import closed

RULES = RetentionRules()
LATER = NOW + timedelta(days=7 * 366)
LATER_DAY = LATER.date()


@pytest.fixture
def old(store, clock):
    """Marguerite was housed and left, Quentin was declined; P-1 to P-3 wait. Seven years went by."""
    store.transact(small_world)
    store.transact(lambda work: closed(work, "P-10", "Marguerite", placed=True))
    store.transact(lambda work: closed(work, "P-11", "Quentin", status=ReferralStatus.DECLINED))
    seal(store)
    clock.now = LATER
    return store


def erase(store, as_of=LATER_DAY, **options):
    return apply(store, rules=RULES, as_of=as_of, by=OFFICER, **options)


def due(store, as_of=LATER_DAY):
    with store.reading() as work:
        return [each.people for each in preview(work, rules=RULES, as_of=as_of).due]


def everything(store):
    """Every row of every table as the database keeps it, with sealed texts opened, as one text."""
    found = []
    with store.reading() as work:
        for table in Row.metadata.sorted_tables:
            found += [str(dict(row)) for row in work.session.execute(select(table)).mappings()]
    return "\n".join(found)


def test_whoever_was_declined_goes_before_whoever_was_housed(old):
    assert due(old, TODAY + timedelta(days=3 * 365)) == [("P-11",)]
    assert due(old) == [("P-11",), ("P-10",)]


def test_a_preview_writes_nothing(old):
    before = everything(old)
    assert len(due(old)) == 2
    assert everything(old) == before


def test_nothing_that_tells_of_the_erased_is_left_in_any_table(old):
    erase(old)
    left = everything(old)
    for mark in ("Marguerite", "Quentin", "Alder Row", "1990-", "AG-", "abc10", "told us", "said yes"):
        assert mark not in left, mark


def test_the_chain_still_holds_and_an_erasure_undone_by_hand_would_not(old):
    with old.reading() as work:
        head = verify(work).head
    erase(old)
    seal(old)
    with old.reading() as work:
        verification = verify(work, expect_head=head)
    assert verification.wrong == []
    assert verification.not_sealed == 0


def test_those_who_wait_are_not_touched(old):
    erase(old)
    with old.reading() as work:
        assert work.get(ReferralRow, "R-1").status is ReferralStatus.WAITING
        assert work.get(PersonRow, "P-1").erased_at is None


def test_stays_and_offers_are_counted_still_and_belong_to_nobody(old):
    erase(old)
    with old.reading() as work:
        hold, placement = work.get(HoldRow, "H-10"), work.get(PlacementRow, "PL-10")
        offer = work.get(OfferRow, "O-10")
        assert (hold.person_id, hold.referral_id, hold.unit_id, hold.from_day) == (
            NOBODY,
            NO_REFERRAL,
            "U-1-1",
            TODAY,
        )
        assert (placement.person_id, offer.person_id, offer.detail) == (NOBODY, NOBODY, None)


def test_statistics_remain_one_a_referral_and_lead_to_nobody(old):
    erase(old)
    with old.reading() as work:
        rows = work.all(select(StatisticRow).order_by(StatisticRow.outcome))
        assert [(row.outcome, row.gender, row.age_group, row.client_group) for row in rows] == [
            ("declined", "female", "35-44", "10"),
            ("placed", "female", "35-44", "10"),
        ]
        event = work.all(select(EventRow).where(EventRow.what == "person erased"))[0]
    assert "ST-" not in event.changes


def test_what_was_erased_is_counted_and_has_its_event(old):
    assert erase(old).people == 2
    with old.reading() as work:
        run = work.all(select(RetentionRunRow))[0]
        assert run.counts["people"] == 2
        assert run.counts["notes"] == 2
        assert run.as_of == LATER.date()


def test_erasing_again_finds_nobody_and_writes_nothing(old):
    erase(old)
    before = everything(old)
    assert erase(old).people == 0
    assert everything(old) == before


def test_a_legal_hold_keeps_everything_until_it_is_lifted(old):
    hold = old.transact(
        lambda work: place_legal_hold("P-10", reason="a claim", by=OFFICER, at=LATER, work=work)
    )
    assert due(old) == [("P-11",)]
    erase(old)
    assert "Marguerite" in everything(old)
    old.transact(lambda work: lift_legal_hold(hold.id, why="settled", by=OFFICER, at=LATER, work=work))
    erase(old)
    assert "Marguerite" not in everything(old)
    with old.reading() as work:
        assert verify(work).holds


def test_a_legal_hold_is_refused_with_all_its_reasons(old):
    with pytest.raises(Invalid, match="reason: is empty"):
        old.transact(lambda work: place_legal_hold("P-10", reason=" ", by=OFFICER, at=LATER, work=work))
    with pytest.raises(NotFound, match="There is no person P-99"):
        old.transact(lambda work: place_legal_hold("P-99", reason="x", by=OFFICER, at=LATER, work=work))
    erase(old)
    with pytest.raises(Conflict, match="Person P-10 was erased on"):
        old.transact(lambda work: place_legal_hold("P-10", reason="x", by=OFFICER, at=LATER, work=work))
    with pytest.raises(NotFound, match="There is no legal hold LH-1"):
        old.transact(lambda work: lift_legal_hold("LH-1", why="x", by=OFFICER, at=LATER, work=work))


def test_an_event_shared_with_somebody_under_a_hold_keeps_its_particulars_until_then(old):
    old.transact(
        lambda work: write(
            work, what="letter sent", by=OFFICER, at=NOW, about=["P-10", "P-11"], why="to Marguerite"
        )
    )
    hold = old.transact(
        lambda work: place_legal_hold("P-11", reason="a claim", by=OFFICER, at=LATER, work=work)
    )
    erase(old)
    assert "to Marguerite" in everything(old)
    old.transact(lambda work: lift_legal_hold(hold.id, why="settled", by=OFFICER, at=LATER, work=work))
    erase(old, as_of=TODAY)
    assert "to Marguerite" not in everything(old)


def test_an_event_about_many_that_names_nobody_loses_only_what_it_tells_of_the_erased(old):
    def rescore(work):
        rows = [work.get(ReferralRow, id) for id in ("R-1", "R-10")]
        for row in rows:
            row.band = 3
        write(work, *rows, what="scheme adopted", by=OFFICER, at=NOW)

    old.transact(rescore)
    seal(old)
    erase(old)
    with old.reading() as work:
        event = work.all(select(EventRow).where(EventRow.what == "scheme adopted"))[0]
        assert verify(work).holds
    changes = json.loads(event.changes)
    assert changes["referrals/R-1"]["band"] == [1, 3]
    assert "R-10" not in event.changes
    assert len(changes) == 2


def test_merged_people_go_together_or_not_at_all(old):
    def merge(work):
        row = work.get(PersonRow, "P-10")
        row.merged_into = "P-1"
        write(work, row, what="merged", by=OFFICER, at=NOW, about=["P-10", "P-1"])

    old.transact(merge)
    assert due(old) == [("P-11",)]


def test_people_to_be_kept_apart_go_together_for_the_sake_of_the_other(old):
    apart = SeparationRow(
        id="SP-1", person_id="P-1", other_id="P-11", reason=SafetyReason.DOMESTIC_ABUSE, set_on=TODAY
    )
    old.transact(lambda work: put(work, apart))
    assert due(old) == [("P-10",)]


def test_a_pass_that_was_killed_goes_on_where_it_stopped(old, monkeypatch):
    """One person a batch; the second batch does not come to be."""
    transact, turns = old.transact, []

    def killed(use_case):
        turns.append(use_case)
        if len(turns) == 2:
            raise KeyboardInterrupt
        return transact(use_case)

    monkeypatch.setattr(old, "transact", killed)
    with pytest.raises(KeyboardInterrupt):
        erase(old, batch=1)
    monkeypatch.undo()
    assert due(old) == [("P-10",)]
    erase(old)
    assert "Quentin" not in everything(old)
    assert "Marguerite" not in everything(old)
    with old.reading() as work:
        assert verify(work).holds


def test_nobody_is_erased_before_their_time(old):
    with pytest.raises(Invalid, match=r"as_of: is 2033-.* must not be after today"):
        erase(old, as_of=LATER.date() + timedelta(days=1))


def test_the_database_lets_nothing_be_taken_out_of_an_event_but_by_erasure(old):
    for change in ("'{}'", "'{\"people/P-1\":{}}'", "replace(changes, 'gender', 'x')"):
        statement = text("UPDATE events SET changes = it WHERE changes <> '{}'".replace("it", change))
        with old.engine.connect() as connection, pytest.raises(DBAPIError, match="appended, never changed"):
            connection.execute(statement)


def test_no_particulars_of_the_erased_are_left(old):
    with old.reading() as work:
        before = len(work.all(select(ParticularRow.event)))
    erase(old)
    with old.reading() as work:
        assert len(work.all(select(ParticularRow.event))) < before


def test_every_table_either_leads_to_people_or_has_its_reason_why_not():
    tables = set(Row.metadata.tables)
    assert set(paths()) | set(NOT_ABOUT_PEOPLE) == tables
    assert not set(paths()) & set(NOT_ABOUT_PEOPLE)
    assert set(FATES) <= set(paths())


def test_the_names_that_records_use_for_other_rooms_are_theirs():
    assert {DRAFT, *ENDED} == set(ReferralStatus) - OPEN
    assert (PERSON, REFERRAL) == (NOBODY, NO_REFERRAL)


def test_the_page_tells_what_becomes_of_every_table():
    page = (Path(__file__).parents[3] / "docs" / "retention.md").read_text()
    for name in paths():
        row = next(line for line in page.splitlines() if line.startswith("|") and f"`{name}`" in line)
        assert FATES.get(name, "removed") in row, name


def test_somebody_referred_or_merged_anew_between_the_list_and_the_erasing_stays(old, monkeypatch):
    """Both are due when the list is made; then one gets a referral, and one turns out to be P-1."""
    transact, turns = old.transact, []

    def anew(work):
        referral(work, "R-20", person="P-10")
        row = work.get(PersonRow, "P-11")
        row.merged_into = "P-1"
        write(work, row, what="merged", by=OFFICER, at=NOW)

    def meanwhile(use_case):
        if not turns:
            turns.append(transact(anew))
        return transact(use_case)

    monkeypatch.setattr(old, "transact", meanwhile)
    assert erase(old).people == 0
    assert "Marguerite" in everything(old)
    assert "Quentin" in everything(old)


def test_the_queries_of_a_preview_do_not_grow_with_the_people(old):
    with old.reading() as work:
        work.get(PersonRow, "P-1")
        with statements(work) as made:
            preview(work, rules=RULES, as_of=LATER_DAY)
    assert len(made) == 7
