"""What is kept of a person is told to those who may open the case, and each look is recorded."""

from datetime import timedelta

import pytest

from gateway.accounts.case_access import grant_account
from gateway.accounts.tables import AccountStatus
from gateway.monitoring.repeat_presentations import presentations_of, repeat_presentations
from gateway.people.access import PersonErased
from gateway.people.consents import consents_of
from gateway.people.exclusions import exclusions_of, open_exclusion
from gateway.people.grants import broken_glass, grants_of
from gateway.people.history import history
from gateway.people.keep_safe import keep_apart, set_safety_area
from gateway.people.merge_people import merge_people
from gateway.people.person_file import open_person_file, person_file
from gateway.people.record_consent import give_consent
from gateway.people.restrict import restrict_case, revoke_access
from gateway.people.safety import safety_areas_kept, separations_kept
from gateway.people.tables import PersonRow, SafetyReason
from gateway.records.actor import Role
from gateway.records.tables import EventRow
from gateway.refusals import Invalid, NotFound
from tests.api.doors import account
from tests.gateway.ground import BIRMINGHAM, DUDLEY, MANAGER, NOW, OFFICER, TODAY, put, referral, small_world
from tests.gateway.people.test_access import LATER, restrict, smash
from tests.gateway.people.test_exclusions import due, impose

LISTS = {
    "person opened": open_person_file,
    "timeline read": history,
    "exclusions read": exclusions_of,
    "safety areas read": safety_areas_kept,
    "separations read": separations_kept,
    "consents read": consents_of,
    "grants read": grants_of,
}


def do(store, deed, *given, by=OFFICER, at=NOW, **facts):
    return store.transact(lambda work: deed(*given, **facts, by=by, at=at, work=work))


def merged_world(store):
    """P-1 is read as P-2; each id has one of everything."""
    store.transact(small_world)
    for id, place in (("P-1", BIRMINGHAM), ("P-2", DUDLEY)):
        impose(store, person_id=id)
        do(store, set_safety_area, id, place, reason=SafetyReason.GANG, on=TODAY)
        do(store, keep_apart, id, "P-3", reason=SafetyReason.THREAT, on=TODAY, why=f"{id} and P-3")
        do(store, give_consent, id, given_on=TODAY, how="signed form")
    do(store, merge_people, "P-1", "P-2", why="the same")


@pytest.mark.parametrize("what", LISTS)
def test_a_look_at_either_id_tells_of_both_and_is_recorded_about_both(store, what):
    merged_world(store)
    one, other = (do(store, LISTS[what], id, by=MANAGER) for id in ("P-1", "P-2"))
    with store.reading() as work:
        looks = [(each.actor, each.changes) for each in work.where(EventRow, EventRow.what == what)]
        if what not in ("person opened", "timeline read"):
            assert [each.id for each in one] == [each.id for each in other]
            assert len(one) == (0 if what == "grants read" else 2)
    assert looks == [(MANAGER.id, "{}")] * 2


@pytest.mark.parametrize("what", LISTS)
def test_of_a_restricted_person_nothing_is_told_or_recorded_without_a_grant(store, what):
    merged_world(store)
    restrict_either(store)
    for id in ("P-1", "P-2", "P-77"):
        with pytest.raises(NotFound, match=f"There is no person {id}."):
            do(store, LISTS[what], id, by=MANAGER)
    with store.reading() as work:
        assert work.where(EventRow, EventRow.what == what) == []
    do(store, LISTS[what], "P-2")


def restrict_either(store, id="P-1"):
    with store.reading() as work:
        seen = work.get(PersonRow, id).version
    do(store, restrict_case, id, until=LATER, why="a witness", seen=seen)


@pytest.mark.parametrize("what", LISTS)
def test_of_somebody_erased_nothing_is_told(store, what):
    store.transact(small_world)

    def erased(work):
        row = work.get(PersonRow, "P-1")
        row.erased_at = NOW
        put(work, row)

    store.transact(erased)
    with pytest.raises(PersonErased):
        do(store, LISTS[what], "P-1")


def test_a_file_tells_what_is_known_under_each_id_and_which_is_restricted(store):
    merged_world(store)
    restrict_either(store)
    file = do(store, open_person_file, "P-1")
    assert (file.root.row.id, [each.row.id for each in file.merged]) == ("P-2", ["P-1"])
    assert file.restricted
    assert not file.root.row.restricted
    with store.reading() as work:
        assert person_file(work, "P-3", by=MANAGER, at=NOW).merged == ()


def test_a_separation_from_somebody_restricted_is_not_told_and_why_neither(store):
    merged_world(store)
    restrict(store, "P-3")
    assert do(store, separations_kept, "P-1", by=MANAGER) == []
    assert len(do(store, separations_kept, "P-1")) == 2

    def whys(by):
        return {each.why for each in do(store, history, "P-1", by=by) if each.what == "separation set"}

    assert whys(MANAGER) == {None}
    assert whys(OFFICER) == {"P-1 and P-3", "P-2 and P-3"}


def test_a_history_is_read_back_page_by_page_though_each_reading_adds_to_it(store):
    merged_world(store)
    pages, before = [], None
    while page := do(store, history, "P-1", before=before, most=2):
        pages.append(page)
        before = page[-1].number
    numbers = [each.number for page in pages for each in page]
    assert numbers == sorted(numbers, reverse=True)
    assert [len(page) for page in pages][:-1] == [2] * (len(pages) - 1)
    assert pages[0][0].what == "timeline read"
    assert [each.what for page in pages for each in page][-1] == "set up"


def test_an_exclusion_is_not_there_for_those_who_may_not_open_the_person(store):
    store.transact(small_world)
    id = impose(store)
    restrict(store)
    assert do(store, open_exclusion, id).id == id
    for each in (id, "X-77"):
        with pytest.raises(NotFound, match=f"There is no exclusion {each}."):
            do(store, open_exclusion, each, by=MANAGER)


def test_exclusions_due_are_paged_without_those_of_restricted_people(store):
    store.transact(small_world)
    ids = [
        impose(store, person_id=f"P-{1 + n % 2}", review_on=TODAY + timedelta(days=n // 4)) for n in range(12)
    ]
    restrict(store, "P-1")
    open_to_all = [id for n, id in enumerate(ids) if n % 2]

    def pages(by, most):
        found, after = [], None
        with store.reading() as work:
            while page := due(work, 30, by=by, after=after, most=most):
                assert len(page) <= most
                found.append([each.id for each in page])
                after = (page[-1].review_on, page[-1].id)
        return found

    assert pages(OFFICER, 5) == [ids[:5], ids[5:10], ids[10:]]
    assert pages(MANAGER, 4) == [open_to_all[:4], open_to_all[4:]]
    assert pages(MANAGER, 1) == [[id] for id in open_to_all]


def test_repeat_presenters_whose_case_may_not_be_opened_are_not_listed(store):
    def world(work):
        small_world(work)
        for n in (1, 2):
            referral(work, f"R-1{n}", person=f"P-{n}")

    store.transact(world)
    restrict(store, "P-1")

    def listed(by):
        with store.reading() as work:
            return [each.person_id for each in repeat_presentations(work, as_of=TODAY, by=by, at=NOW)]

    assert (listed(OFFICER), listed(MANAGER)) == (["P-1", "P-2"], ["P-2"])
    assert do(store, presentations_of, "P-3", as_of=TODAY).times == 1
    assert do(store, presentations_of, "P-1", as_of=TODAY - timedelta(days=1)).times == 0
    with pytest.raises(NotFound):
        do(store, presentations_of, "P-1", as_of=TODAY, by=MANAGER)


def test_broken_glasses_are_listed_newest_first_with_their_reason(store):
    store.transact(small_world)
    restrict(store, "P-1")
    restrict(store, "P-2")
    first, second = smash(store)[0], smash(store, id="P-2")[0]
    with store.reading() as work:
        assert [each.id for each in broken_glass(work)] == [first.id, second.id]
        assert [each.why for each in broken_glass(work, most=1)] == ["found unconscious"]
        assert [each.id for each in broken_glass(work, after=(NOW, first.id))] == [second.id]
        assert broken_glass(work, after=(NOW, second.id)) == []


def test_access_is_granted_to_an_account_that_may_be_used(store):
    store.transact(small_world)
    store.transact(lambda work: account(work, "N-1", Role.OFFICER))
    restrict(store)

    def grant(id, **by):
        return do(store, grant_account, "P-1", id, until=LATER, why="on duty", **by)

    def suspend(work):
        row = account(work, "N-2", Role.OFFICER)
        row.status = AccountStatus.SUSPENDED
        put(work, row)

    store.transact(suspend)
    for id in ("N-2", "N-77"):
        with pytest.raises(Invalid) as refused:
            grant(id)
        assert [field for field, _ in refused.value.faults] == ["holder"]
    with pytest.raises(NotFound):
        grant("N-1", by=MANAGER)
    granted = grant("N-1")
    assert [each.holder for each in do(store, grants_of, "P-1")] == [OFFICER.id, "N-1"]
    do(store, revoke_access, granted.id, why="off duty")
    assert [each.revoked_at for each in do(store, grants_of, "P-1")] == [None, NOW]
