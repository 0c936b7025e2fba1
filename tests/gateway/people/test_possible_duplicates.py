"""Who somebody may already be is offered before they are entered, whatever slips were made."""

from dataclasses import replace
from datetime import date

from sqlalchemy import insert, select

from gateway.people.enter_person import ENTERED_AGAIN, enter_person
from gateway.people.keys import file_keys, filed_keys
from gateway.people.merge_people import merge_people
from gateway.people.possible_duplicates import OFFERED, possible_duplicates
from gateway.people.references import Reference, ReferenceKind
from gateway.people.restrict import restrict_case
from gateway.people.tables import PersonRow
from gateway.records.tables import EventRow, EventSubjectRow, ParticularRow
from scenarios.statements import statements
from tests.gateway.ground import MANAGER, NOW, OFFICER
from tests.gateway.people.invented import SLIPS, Invented
from tests.gateway.people.test_details import details

ZOE = details(forename="Zoë", surname="Reyes", born=date(1990, 3, 4))


def enter(store, *told):
    def use_case(work):
        return [enter_person(each, by=OFFICER, at=NOW, work=work).id for each in told]

    return store.transact(use_case)


def offered(store, told, **options):
    with store.reading() as work:
        return possible_duplicates(work, told, **({"by": OFFICER, "at": NOW} | options))


def queries(store, deed):
    """How many statements reach the database while something is done."""
    with statements(store) as sent:
        deed()
    return len(sent)


def test_the_same_person_told_again_is_offered_with_score_reasons_and_who_it_is(store):
    (id,) = enter(store, ZOE)
    (match,) = offered(store, replace(ZOE, forename="Zoe"))
    assert (match.person_id, match.restricted, match.score) == (id, False, 95)
    assert match.reasons == ("same date of birth", "same surname", "same forename")
    assert (match.identity.forename, match.identity.born) == ("Zoë", date(1990, 3, 4))


NO_DAY = {
    ("William", "Reyes"): ("Bill", "Reyes"),
    ("Mohammed", "Khan"): ("محمد", "خان"),
    ("Олександр", "Шевченко"): ("Oleksandr", "Shevchenko"),
    ("小龍", "李"): ("Li", "Xiaolong"),
    ("Mary-Jane", "O\u2019Neill"): ("Maryjane", "O Neill"),
    ("Ali", "Ali"): ("Ali", "Ali"),
    ("Zoë", "Marlow"): ("marlow", "ZOE"),
    ("Krzysztof", "Wójcik"): ("Krzystof", "Wojcik"),
}


def test_names_written_otherwise_are_found_without_any_date_of_birth(store):
    ids = enter(store, *(details(forename=forename, surname=surname) for forename, surname in NO_DAY))
    for id, (forename, surname) in zip(ids, NO_DAY.values(), strict=True):
        matches = offered(store, details(forename=forename, surname=surname))
        assert [each.person_id for each in matches] == [id], forename


def test_what_somebody_is_known_as_counts_as_a_forename(store):
    (id,) = enter(store, details(surname="Marlow", known_as="Bear"))
    assert [each.person_id for each in offered(store, details(forename="Bear", surname="Marlow"))] == [id]


def test_a_number_finds_somebody_under_quite_another_name(store):
    number = Reference(kind=ReferenceKind.PRISON_NUMBER, value="A1234BC")
    (id,) = enter(store, replace(ZOE, references=(number,)))
    (match,) = offered(store, details(forename="Paul", surname="Marlow", references=(number,)))
    assert (match.person_id, match.score, match.reasons[0]) == (id, 60, "same prison number")


def test_the_likeliest_come_first_then_by_id_and_no_more_than_asked(store):
    ids = enter(store, replace(ZOE, surname="Rayes"), *[ZOE] * (OFFERED + 2))
    matches = offered(store, ZOE)
    assert [each.person_id for each in matches] == sorted(ids[1:])[:OFFERED]
    assert len(offered(store, ZOE, most=1)) == 1
    assert len(offered(store, ZOE, most=99)) == OFFERED + 3


def test_merged_people_are_offered_once_under_the_id_they_are_read_by(store):
    one, other = enter(store, ZOE, details(forename="Zoë", surname="Marlow", born=date(1990, 3, 4)))
    store.transact(lambda work: merge_people(one, other, why="married", by=OFFICER, at=NOW, work=work))
    (match,) = offered(store, ZOE)
    assert (match.person_id, match.score, match.identity.surname) == (other, 95, "Marlow")
    assert offered(store, ZOE, apart_from=one) == offered(store, ZOE, apart_from=other) == ()


def restricted(store, id):
    until = NOW.replace(year=2027)
    store.transact(
        lambda work: restrict_case(id, until=until, why="witness", seen=1, by=OFFICER, at=NOW, work=work)
    )


def test_a_restricted_person_is_offered_to_those_who_may_open_the_case_and_is_not_there_for_others(store):
    plain, hidden = enter(store, ZOE, replace(ZOE, surname="Rayes"))
    restricted(store, hidden)
    matches = [(each.person_id, each.restricted, each.score) for each in offered(store, ZOE)]
    assert matches == [(plain, False, 95), (hidden, True, 89)]
    assert [each.person_id for each in offered(store, ZOE, by=MANAGER)] == [plain]
    assert [each.person_id for each in offered(store, ZOE, by=MANAGER, most=1)] == [plain]


def test_whoever_holds_a_restricted_case_learns_that_somebody_like_them_was_entered(store):
    """And whoever enters them does not: nothing of it is told of the new record."""
    hidden, other = enter(store, ZOE, details(forename="Paul", surname="Marlow"))
    restricted(store, hidden)
    new, _ = enter(store, replace(ZOE, forename="Zoe"), details(forename="Ada", surname="Alder"))
    with store.reading() as work:
        (event,) = work.where(EventRow, EventRow.what == ENTERED_AGAIN)
        about = work.all(select(EventSubjectRow.subject).where(EventSubjectRow.event == event.number))
        told = work.get(ParticularRow, event.number).text
    assert (about, event.changes) == ([hidden], "{}")
    assert new in told
    assert other not in told


def test_somebody_merged_with_a_restricted_person_is_restricted_too(store):
    plain, hidden = enter(store, ZOE, details(forename="Paul", surname="Marlow"))
    restricted(store, hidden)
    store.transact(lambda work: merge_people(hidden, plain, why="the same", by=OFFICER, at=NOW, work=work))
    assert [(each.person_id, each.restricted) for each in offered(store, ZOE)] == [(plain, True)]
    assert offered(store, ZOE, by=MANAGER) == ()
    enter(store, ZOE)
    with store.reading() as work:
        (event,) = work.where(EventRow, EventRow.what == ENTERED_AGAIN)
        about = work.all(select(EventSubjectRow.subject).where(EventSubjectRow.event == event.number))
    assert about == [plain]


def test_the_erased_are_not_offered(store):
    def erased(work):
        row = enter_person(ZOE, by=OFFICER, at=NOW, work=work)
        work.session.execute(PersonRow.__table__.update().values(erased_at=NOW))
        return row

    store.transact(erased)
    assert offered(store, ZOE) == ()


def test_nobody_is_offered_where_nobody_is_alike_and_asking_is_one_query(store):
    enter(store, ZOE)
    stranger = details(forename="Paul", surname="Marlow", born=date(1971, 12, 30))
    assert offered(store, stranger) == ()
    assert queries(store, lambda: offered(store, stranger)) == 1


def test_asking_is_three_queries_however_many_are_alike(store):
    enter(store, *[ZOE] * 30)
    assert queries(store, lambda: offered(store, ZOE)) == 3


def crowd(work, people):
    rows = [
        {"id": f"P-{place:05d}", "version": 1, "entered_at": NOW, "restricted": False, **each.columns()}
        for place, each in enumerate(people)
    ]
    work.session.execute(insert(PersonRow.__table__), rows)
    file_keys(work, {row["id"]: filed_keys(each) for row, each in zip(rows, people, strict=True)})


def test_people_entered_again_with_slips_are_found_among_others(store):
    """Measured among 100,000 in docs/people.md; here that nothing falls far behind."""
    invented = Invented(7)
    people = [invented.details() for _ in range(500)]
    store.transact(lambda work: crowd(work, people))
    missed = []
    with store.reading() as work:
        for slip in SLIPS * 8:
            place = invented.draw.randrange(len(people))
            matches = possible_duplicates(work, invented.slip(people[place], slip), by=OFFICER, at=NOW)
            if f"P-{place:05d}" not in {each.person_id for each in matches}:
                missed.append(slip)
    assert len([each for each in missed if each != "forename+surname+born"]) <= 3
    assert missed.count("forename+surname+born") <= 3
