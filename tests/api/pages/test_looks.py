"""Who reads a page about one person leaves an event about them, also if it is a form that came back.

It knows nothing of any page: it goes to all that `VISITS` has, and sends each form there with nothing in it.
"""

import re
from functools import partial
from html import unescape
from itertools import product

import pytest
from sqlalchemy import func, select

from gateway.people.clusters import cluster
from gateway.people.tables import PersonRow
from gateway.records.tables import EventRow, EventSubjectRow
from gateway.storage.rows import Row
from gateway.storage.store import Store
from tests.api.at_a_browser import at_a_browser
from tests.api.doors import CURRENT, Entrance, application
from tests.api.pages.at_a_desk import CSRF
from tests.api.pages.rich_world import LaterIds, copied, enrich, ids_in
from tests.api.pages.test_every_page import ASKED_KEYS, NOBODY, TOPIC_KEYS, VISITS
from tests.gateway.ground import KEYS, StoppedClock

FORM = re.compile(r'<form[^>]*method="post"[^>]*action="([^"]+)"')

TELLING = tuple(
    mapper.class_
    for mapper in Row.registry.mappers
    if {"person_id", "referral_id"} & set(mapper.columns.keys()) and "id" in mapper.columns
)
"""Kinds of rows that are about somebody."""


@pytest.fixture(scope="module")
def world(demonstration, tmp_path_factory):
    store, made = demonstration
    url = copied(store, tmp_path_factory.mktemp("looks") / "gateway.db")
    store = Store(url, keys=KEYS, clock=StoppedClock(), new_id=LaterIds())
    more = enrich(store)
    CURRENT.store = store
    with store.reading() as work:
        ids = {**ids_in(work, made.run), **more, **ASKED_KEYS, **TOPIC_KEYS}
    yield Entrance(store, application()), ids
    store.close()


def people_at(work, address):
    """The ids of each person to whom a part of an address leads, and what they are called."""
    found = {}
    for part in address.split("?")[0].split("/"):
        person = work.session.get(PersonRow, person_of(work, part)) if "-" in part else None
        if person is not None and person.forename and person.surname:
            found[cluster(work, person.id)] = person.forename, person.surname
    return found


def person_of(work, id):
    for kind in TELLING:
        row = work.session.get(kind, id) if kind.__mapper__.primary_key[0].name == "id" else None
        if row is not None:
            return getattr(row, "person_id", None) or person_of(work, row.referral_id)
    return id


def named_and_not_recorded(store, since, people, answer):
    """Whether a page tells of somebody, and whether nothing says that it did."""
    words = set(re.findall(r"\w+", unescape(answer.text)))
    told = [ids for ids, name in people.items() if set(re.findall(r"\w+", " ".join(name))) <= words]
    with store.reading() as work:
        query = select(EventSubjectRow.subject).where(EventSubjectRow.event > since)
        recorded = set(work.all(query))
    return bool(told), any(not ids & recorded for ids in told)


def asked(doors, people, ask):
    with doors.store.reading() as work:
        since = work.all(select(func.max(EventRow.number)))[0]
    answer = ask()
    return answer, *named_and_not_recorded(doors.store, since, people, answer)


def visits(doors, ids):
    """Each page about somebody with a client who sees it."""
    works_for = {"provider": ids["provider"], "referrer": ids["agency"]}
    clients = {}
    for visit in VISITS:
        address = visit.address(ids)
        with doors.store.reading() as work:
            people = people_at(work, address)
        for role in visit.roles if people else ():
            if role != NOBODY and role not in clients:
                clients[role] = at_a_browser(doors, role, of=works_for.get(role, "sweep"))
            yield visit, address, people, clients[role]


@pytest.mark.parametrize("demonstration", ["sqlite"], indirect=True)
def test_whoever_reads_a_page_about_somebody_leaves_an_event(world):
    doors, ids = world
    silent, telling, forms = [], set(), []
    for visit, address, people, client in visits(doors, ids):
        answer, told, wrong = asked(doors, people, partial(client.get, address))
        assert answer.status_code == 200, address
        silent += [address] if wrong else []
        telling |= {visit.path} if told else set()
        actions = sorted(set(FORM.findall(answer.text)) - {"/sign-out"})
        forms += [(each, CSRF.search(answer.text).group(1), people, client) for each in actions]
    assert silent == [], "\n".join(silent)
    assert len(telling) > 40, sorted(telling)
    again, silent = forms_sent(doors, forms)
    assert silent == [], "\n".join(silent)
    assert again > 20


def forms_sent(doors, forms):
    """How many told of somebody when they came back, and which of them left no event."""
    again, silent = 0, []
    for (action, csrf, people, client), seen in product(forms, ({}, {"seen": "99"})):
        post = partial(client.post, action, data={"csrf": csrf, **seen}, follow_redirects=False)
        answer, told, wrong = asked(doors, people, post)
        silent += [f"{action} answers {answer.status_code}"] if wrong else []
        again += told
    return again, silent
