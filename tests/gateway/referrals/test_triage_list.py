"""The triage list: total order, pages that neither skip nor repeat, a fixed number of queries, an index."""

import random

import pytest
from sqlalchemy import text

from gateway.people.tables import PersonRow
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralRow
from gateway.referrals.triage_list import Cursor, Filters, Turn, triage_list
from gateway.refusals import Invalid
from scenarios.statements import statements
from tests.gateway.ground import BIRMINGHAM, DUDLEY, NOW, TODAY, agency, authorities, person, put

S = ReferralStatus
SCORED = 10**15


def crowd(work):
    """Sixty referrals of one person, with ranks that tie, in every state."""
    authorities(work)
    agency(work)
    person(work, forename="Marguerite", known_as="Daisy", surname="Alder")
    drawn = random.Random(3)
    rows = [
        ReferralRow(
            id=f"R-{number:02}",
            person_id="P-1",
            agency_id="A-1",
            entered_by="referrer-1",
            entered_at=NOW,
            status=drawn.choice(list(S)),
            status_since=NOW,
            referred_on=TODAY,
            triage_rank=drawn.choice([0, 5, SCORED + 1, SCORED + 2]),
            band=drawn.choice([1, 2]),
            authority_id=drawn.choice([BIRMINGHAM, DUDLEY]),
        )
        for number in range(60)
    ]
    put(work, *rows)


@pytest.fixture(autouse=True)
def _crowd(store):
    store.transact(crowd)


def walk(work, size, **choice):
    after, ids = None, []
    for _ in range(61):
        page = triage_list(work, after=after, size=size, filters=Filters(**choice))
        ids += [line.id for line in page.lines]
        if page.after is None:
            return ids
        after = Cursor.parse(page.after.text())
    raise AssertionError("the pages never end")


CHOICES = (
    {},
    {"statuses": (S.WAITING,)},
    {"bands": (2,)},
    {"authorities": (DUDLEY,)},
    {"unscored_only": True},
    {"agencies": ("A-9",)},
)


def chosen(rows, filters):
    """The slow, obvious way to filter and sort."""
    found = [
        row
        for row in rows
        if row.status in filters.statuses
        and (not filters.bands or row.band in filters.bands)
        and (not filters.authorities or row.authority_id in filters.authorities)
        and (not filters.agencies or row.agency_id in filters.agencies)
        and (not filters.unscored_only or row.triage_rank < SCORED)
    ]
    return [row.id for row in sorted(found, key=lambda row: (row.triage_rank, row.id))]


def test_pages_of_any_size_are_the_list_sorted_in_memory(store):
    with store.reading() as work:
        rows = work.where(ReferralRow)
        for choice in CHOICES:
            expected = chosen(rows, Filters(**choice))
            for size in (1, 7, 100):
                assert walk(work, size, **choice) == expected


def test_a_line_says_who_whose_turn_it_is_and_how_long(store):
    with store.reading() as work, statements(store) as sent:
        line = triage_list(work, size=5, filters=Filters(statuses=(S.MORE_ASKED,))).lines[0]
        assert (line.name, line.turn, line.waiting_days(TODAY)) == ("Daisy Alder", Turn.REFERRER, 0)
        assert line.scored is (line.rank >= SCORED)
    assert len(sent) == 3


def test_the_name_of_a_restricted_person_is_not_told_even_under_an_id_merged_into_theirs(store):
    def use_case(work):
        person(work, "P-2", forename="Rose", restricted=True)
        merged = work.get(PersonRow, "P-1")
        merged.merged_into = "P-2"
        put(work, merged)

    store.transact(use_case)
    with store.reading() as work:
        lines = triage_list(work).lines
        assert {(line.name, line.restricted) for line in lines} == {(None, True)}


def test_a_page_and_a_cursor_that_cannot_be_are_refused(store):
    with store.reading() as work:
        for size in (0, 501):
            with pytest.raises(Invalid):
                triage_list(work, size=size)
    for told in ("", "7", "x.R-1", "-1.R-1", "7."):
        with pytest.raises(Invalid):
            Cursor.parse(told)


def test_a_page_is_read_from_the_index_without_sorting_the_table(store):
    with store.reading() as work, statements(store) as kept:
        triage_list(work, after=Cursor(rank=5, id="R-01"))
        statement, parameters = next(each for each in kept if "triage_rank" in each.text)
        connection = work.session.connection()
        if connection.dialect.name == "sqlite":
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        else:
            # sixty rows are scanned sooner than looked up, so the planner is told that scanning is dear
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            connection.execute(text("SET LOCAL enable_bitmapscan = off"))
            plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).all()
    told = "\n".join(str(line) for line in plan)
    assert told.count("ix_referrals_triage") == 5
    assert "SCAN referrals" not in told
    assert "Seq Scan" not in told
