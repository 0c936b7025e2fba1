"""What the tests of referrals send: a world of two agencies, and the moves of a referral over HTTP."""

from gateway.assessment.adopting import adopt_scheme
from gateway.people.tables import PersonRow
from tests.gateway import ground
from tests.gateway.assessment.scored import DOCUMENT
from tests.gateway.ground import ADMINISTRATOR, NOW, agency, authorities, provider, service

BASE = "/api/v1"

SOMEBODY = {"forename": "Marguerite", "known_as": "Daisy", "surname": "Alder", "born": "1987-05-14"}
CONSENT = {"given_on": "2026-03-02", "how": "signed form"}
FORM = {
    "agency_reference": "2026/0417",
    "authority_id": "E08000025",
    "immediate_safety": False,
    "sleeping_rough": False,
    "client_groups": ["single-homeless"],
    "needs": [{"code": "care_leaver_25plus", "answer": True, "detail": "left care at 18"}],
    "risks": [{"code": "arson", "answer": None}],
    "story": "Asked to leave by friends.",
    "household": [{"relation": "child", "name": "Tom", "born": "2019-01-01"}],
    "wishes": ["S-1"],
}


def world(work):
    """Agencies A-1 and A-2, providers V-1 (service S-1) and V-2 (S-2), a scheme in force."""
    authorities(work)
    agency(work)
    agency(work, "A-2")
    provider(work, "V-1")
    provider(work, "V-2")
    service(work, "S-1", provider="V-1")
    service(work, "S-2", provider="V-2")
    adopt_scheme(DOCUMENT, by=ADMINISTRATOR, at=NOW.replace(day=1), work=work)


def body(**facts):
    return {"person": SOMEBODY, "consent": CONSENT, "details": FORM} | facts


def post(client, path, json=None, *, seen=None, key=None):
    headers = {} if seen is None else {"If-Match": f'"{seen}"'}
    headers |= {} if key is None else {"Idempotency-Key": key}
    return client.post(BASE + path, json=json, headers=headers)


def put(client, path, json, *, seen=None):
    return client.put(BASE + path, json=json, headers={} if seen is None else {"If-Match": f'"{seen}"'})


def get(client, path, **query):
    asked = {name: each for name, each in query.items() if each is not None}
    return client.get(BASE + path, params=asked)


def ok(answer, status=200):
    assert answer.status_code == status, answer.text
    return answer.json()


def drafted(client, **facts):
    return ok(post(client, "/referrals", body(**facts)), 201)


def submitted(client, **facts):
    told = drafted(client, **facts)
    return ok(post(client, f"/referrals/{told['id']}/submit", seen=told["version"]))


def in_triage(doors, **facts):
    told = submitted(doors.as_("referrer"), **facts)
    return ok(post(doors.as_("officer"), f"/referrals/{told['id']}/take-in", seen=told["version"]))


def waiting(doors, **facts):
    told = in_triage(doors, **facts)
    return ok(post(doors.as_("officer"), f"/referrals/{told['id']}/put-on-list", seen=told["version"]))


def pointers(answer):
    """Where an answer says the faults lie."""
    assert answer.status_code == 422, answer.text
    return {each["pointer"] for each in answer.json()["errors"]}


def restrict(store, person_id):
    def deed(work):
        person = work.get(PersonRow, person_id)
        person.restricted = True
        ground.put(work, person, about=[person_id])

    store.transact(deed)
