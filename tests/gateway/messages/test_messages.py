"""Messages: drawn once from what was sealed, told to those who need to know, sent once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from gateway.accounts.tables import AccountRow, AccountStatus
from gateway.directory.confirming import confirm_units
from gateway.messages.digests import chase_stale_vacancies, remind_of_retention, tell_officers_day
from gateway.messages.drawing import draw
from gateway.messages.post import NotSent, Unclear
from gateway.messages.sending import (
    DEAD_AFTER,
    FIRST_WAIT,
    MOST_ATTEMPTS,
    Sent,
    forget_messages,
    send_due,
    wait_after,
)
from gateway.messages.states import NEXT_MESSAGE, move
from gateway.messages.tables import MessageRow, MessageStatus
from gateway.messages.telling import IN_WORDS, TELLS, To
from gateway.messages.wording import NUMBERS, WORDS, Kind, letter
from gateway.people.restrict import break_glass, restrict_case
from gateway.placements.answering import accept_offer, refuse_offer, withdraw_offer
from gateway.placements.lapsing import lapse_offer
from gateway.placements.offering import make_offer
from gateway.placements.tables import RefusalReason, Side
from gateway.records.actor import Actor, Role
from gateway.records.retention_rules import RetentionRules
from gateway.records.seal import seal
from gateway.records.write import write
from gateway.refusals import IllegalMove
from tests.api.doors import account
from tests.gateway.ground import NOW, OFFICER, PROVIDER, TODAY, person, provider, service, small_world
from tests.gateway.messages.posts import Remembers

ORIGIN = "https://gateway.example.org"


def cast(work):
    """Who works with the small world: one of each, and a provider and an agency's account of others."""
    small_world(work)
    provider(work, "V-2")
    service(work, "S-3", provider="V-2")
    account(work, "maker", "officer")
    account(work, "other-officer", "officer")
    account(work, "manager", "duty_manager")
    account(work, "theirs", "provider", provider_id="V-1")
    account(work, "anothers", "provider", provider_id="V-2")
    account(work, "agency", "referrer", agency_id="A-1")
    account(work, "auditor", "auditor")
    account(work, "admin", "administrator")


MAKER = Actor(id="maker", role=Role.OFFICER)


@pytest.fixture
def world(store):
    store.transact(cast)
    return store


def drawn(store):
    seal(store)
    draw(store, at=store.clock())
    with store.reading() as work:
        rows = work.all(select(MessageRow).order_by(MessageRow.kind, MessageRow.account_id))
    return [(row.kind, row.account_id, row.about) for row in rows]


def offered(store, referral="R-1", unit="U-1-1", hours=24):
    return store.transact(
        lambda work: make_offer(
            referral,
            [unit],
            from_day=TODAY,
            answer_by=NOW + timedelta(hours=hours),
            by=MAKER,
            at=store.clock(),
            work=work,
        )
    ).id


def test_every_word_has_its_people_and_every_kind_its_words():
    assert set(WORDS) == set(Kind)
    assert set(IN_WORDS) == set(To)
    by_events = {telling.kind for tellings in TELLS.values() for telling in tellings}
    digests = {Kind.VACANCIES_STALE, Kind.OFFICERS_DAY, Kind.RETENTION_DUE}
    assert by_events | digests == set(Kind)


def test_an_offer_is_told_to_its_provider_and_to_the_agency_and_once(world):
    offer = offered(world)
    wanted = [("offer_made", "agency", "R-1"), ("offer_to_answer", "theirs", offer)]
    assert drawn(world) == wanted
    assert drawn(world) == wanted


def test_answers_are_told_to_whoever_waits_for_them(world):
    first, second, third = (
        offered(world, "R-1", "U-1-1"),
        offered(world, "R-2", "U-1-2"),
        offered(world, "R-3", "U-2-1"),
    )
    before = set(drawn(world))

    def answer(work):
        accept_offer(first, by=PROVIDER, at=NOW, work=work)
        refuse_offer(
            second,
            side=Side.PROVIDER,
            reason=RefusalReason.RISK_NOT_MANAGEABLE,
            detail="x",
            by=PROVIDER,
            at=NOW,
            work=work,
        )
        withdraw_offer(third, why="another place", by=MAKER, at=NOW, work=work)

    world.transact(answer)
    assert set(drawn(world)) - before == {
        ("offer_accepted", "agency", "R-1"),
        ("offer_refused", "agency", "R-2"),
        ("offer_you_made_refused", "maker", second),
        ("offer_withdrawn", "theirs", third),
    }


def test_an_offer_that_lapsed_is_told_to_both_sides(world, clock):
    offer = offered(world, hours=2)
    before = set(drawn(world))
    clock.on(hours=3)
    world.transact(lambda work: lapse_offer(offer, at=clock(), work=work))
    assert set(drawn(world)) - before == {
        ("offer_lapsed", "theirs", offer),
        ("offer_you_made_lapsed", "maker", offer),
    }


def test_broken_glass_is_told_to_auditors_by_the_number_of_its_event(world):
    def glass(work):
        restrict_case("P-1", until=NOW + timedelta(days=1), why="x", seen=1, by=OFFICER, at=NOW, work=work)
        manager = Actor(id="manager", role=Role.DUTY_MANAGER)
        break_glass("P-1", hours=1, why="y", by=manager, at=NOW, work=work)

    world.transact(glass)
    ((kind, who, about),) = drawn(world)
    assert (kind, who) == ("glass_broken", "auditor")
    assert about.startswith("event-")


def test_nobody_hears_of_a_restricted_person_without_a_grant(world):
    offer = offered(world)
    world.transact(
        lambda work: restrict_case(
            "P-1", until=NOW + timedelta(days=1), why="x", seen=1, by=OFFICER, at=NOW, work=work
        )
    )
    assert drawn(world) == [], offer


def test_nobody_is_told_of_what_they_did_themselves_nor_is_a_closed_account(world):
    def suspend(work):
        row = work.get(AccountRow, "theirs")
        row.status = AccountStatus.SUSPENDED
        write(work, row, what="set up", by=OFFICER, at=NOW)

    world.transact(suspend)
    offered(world)
    assert drawn(world) == [("offer_made", "agency", "R-1")]


def test_what_is_older_than_a_day_when_messages_begin_is_not_told(world, clock):
    offered(world, "R-1", "U-1-1", hours=24 * 9)
    seal(world)
    clock.on(days=2)
    second = offered(world, "R-2", "U-1-2", hours=24 * 9)
    assert drawn(world) == [("offer_made", "agency", "R-2"), ("offer_to_answer", "theirs", second)]


def test_an_event_sealed_late_is_drawn_when_it_is_sealed(world):
    assert drawn(world) == []
    first = offered(world)
    assert len(drawn(world)) == 2, first


def test_no_message_holds_anything_about_anybody(world):
    offered(world)
    drawn(world)
    post = Remembers()
    send_due(world, post, origin=ORIGIN)
    assert len(post.letters) == 2
    for each in post.letters:
        assert ORIGIN in each.text
        assert "Name of" not in each.text + each.subject
    for kind in Kind:
        made = letter(
            "ME-1",
            to="x@y",
            kind=kind,
            references=["R-1"] * 12,
            numbers=dict.fromkeys(NUMBERS, 2),
            origin=ORIGIN,
        )
        assert "{" not in made.text + made.subject


def waiting(store, count=1):
    offered(store)
    drawn(store)

    def thin(work):
        rows = work.all(select(MessageRow).order_by(MessageRow.id))
        work.note(removed=rows[count:])

    store.transact(thin)


def states(store):
    with store.reading() as work:
        return [row.status for row in work.all(select(MessageRow).order_by(MessageRow.id))]


def test_a_message_is_sent_once(world):
    waiting(world, 2)
    post = Remembers()
    assert send_due(world, post, origin=ORIGIN) == {Sent.SENT: 2}
    assert send_due(world, post, origin=ORIGIN) == {}
    assert len({each.id for each in post.letters}) == len(post.letters) == 2
    assert states(world) == [MessageStatus.SENT] * 2


def test_what_clearly_failed_is_tried_again_later_and_later_and_then_given_up(world, clock):
    waiting(world)
    post = Remembers(*[NotSent("out of order", again=True)] * MOST_ATTEMPTS)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        came = send_due(world, post, origin=ORIGIN)
        assert came == {Sent.FAILED if attempt == MOST_ATTEMPTS else Sent.AGAIN: 1}
        assert send_due(world, post, origin=ORIGIN) == {}, "not before its time"
        clock.now += wait_after(attempt)
    assert states(world) == [MessageStatus.FAILED]
    assert wait_after(2) == 2 * FIRST_WAIT


def test_what_can_never_be_sent_is_not_tried_again(world):
    waiting(world)
    assert send_due(world, Remembers(NotSent("no such address", again=False)), origin=ORIGIN) == {
        Sent.FAILED: 1
    }


def test_what_is_unclear_is_never_sent_again_by_itself(world, clock):
    waiting(world)
    assert send_due(world, Remembers(Unclear("line broke")), origin=ORIGIN) == {Sent.UNKNOWN: 1}
    clock.on(days=1)
    post = Remembers()
    assert send_due(world, post, origin=ORIGIN) == {}
    assert states(world) == [MessageStatus.UNKNOWN]


class Dies(BaseException):
    """The process is killed."""


def test_a_sender_that_died_leaves_a_message_of_which_nobody_knows(world, clock):
    waiting(world)
    with pytest.raises(Dies):
        send_due(world, Remembers(Dies()), origin=ORIGIN)
    assert states(world) == [MessageStatus.SENDING]
    clock.now += DEAD_AFTER
    post = Remembers()
    assert send_due(world, post, origin=ORIGIN) == {}
    assert states(world) == [MessageStatus.UNKNOWN]
    assert post.letters == []


def test_a_post_that_is_out_of_order_is_left_in_peace_until_the_next_round(world):
    waiting(world, 2)
    post = Remembers(NotSent("out of order", again=True))
    assert send_due(world, post, origin=ORIGIN) == {Sent.AGAIN: 1}
    assert post.letters == []


def test_no_move_of_a_message_is_made_that_the_table_does_not_have():
    for status, after in NEXT_MESSAGE.items():
        for to in MessageStatus:
            row = MessageRow(id="ME-1", status=status)
            if to in after:
                move(row, to)
            else:
                with pytest.raises(IllegalMove):
                    move(row, to)


def test_messages_are_forgotten_after_ninety_days(world, clock):
    waiting(world)
    clock.on(days=89)
    assert world.transact(lambda work: forget_messages(work, at=clock())) == 0
    clock.on(days=1)
    assert world.transact(lambda work: forget_messages(work, at=clock())) == 1


def test_a_provider_is_asked_once_a_day_to_confirm_and_not_on_a_weekend(world, clock):
    chase = lambda: world.transact(lambda work: chase_stale_vacancies(work, at=clock()))  # noqa: E731  said once
    assert (chase(), chase()) == (2, 0), "nothing was ever confirmed: both providers, once"
    for id in ("S-1", "S-2"):
        world.transact(lambda work, id=id: confirm_units(id, by=PROVIDER, at=clock(), work=work))
    clock.on(days=1)
    assert chase() == 1, "the other provider alone"
    clock.on(days=4)  # a Saturday
    assert clock().weekday() == 5
    assert chase() == 0
    clock.on(days=27)  # Good Friday, 3 April 2026
    assert chase() == 0
    post = Remembers()
    send_due(world, post, origin=ORIGIN)
    assert any("services to confirm: 2, units to confirm: 4" in each.text for each in post.letters)


def test_officers_are_told_in_the_morning_what_waits_if_anything_does(world, clock):
    tell = lambda: world.transact(lambda work: tell_officers_day(work, at=clock()))  # noqa: E731  said once
    assert tell() == 0
    offered(world, hours=4)
    assert tell() == 3, "two officers and a duty manager"
    assert tell() == 0
    post = Remembers()
    send_due(world, post, origin=ORIGIN)
    assert all("offers whose time to answer ends within a day: 1" in each.text for each in post.letters)


def test_administrators_are_reminded_of_who_was_kept_long_enough(world, clock):
    rules = RetentionRules(placed_years=6, unplaced_years=2, never_referred_years=1)
    remind = lambda: world.transact(lambda work: remind_of_retention(work, rules=rules, at=clock()))  # noqa: E731  said once
    assert remind() == 0

    world.transact(lambda work: person(work, "P-9"))
    clock.on(days=500)
    assert remind() == 1
