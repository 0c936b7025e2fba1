"""Who is one person is looked up by ids: the table of people is never read whole for some of them."""

from sqlalchemy import text

from gateway.people.tables import PersonRow
from gateway.referrals.triage_list import names_told
from scenarios.statements import statements
from tests.gateway.ground import NOW, person

MANY = 20_000


def crowd(work):
    """As many people as a database reads through no sooner than it must, and knows of."""
    person(work)
    facts = {"version": 1, "entered_at": NOW, "restricted": False}
    rows = [
        {"id": f"P-{number}", "merged_into": None if number % 50 else f"P-{number - 1}", **facts}
        for number in range(2, MANY)
    ]
    work.session.execute(PersonRow.__table__.insert(), rows)


def test_some_people_are_looked_up_and_not_searched_for(store):
    store.transact(crowd)
    with store.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    with store.reading() as work, statements(store) as asked:
        names_told(work, [f"P-{number}" for number in range(1, 51)])
        statement, given = next(each for each in asked if "RECURSIVE" in each.text)
        connection = work.session.connection()
        explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        plan = connection.exec_driver_sql(f"{explain} {statement}", given).all()
    told = "\n".join(str(line) for line in plan)
    assert "Seq Scan on people" not in told
    assert "SCAN people" not in told
