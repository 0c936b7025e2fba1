"""What auditors read of everything, and what administrators do about messages."""

import pytest
from pydantic import SecretStr

from api.application import Doors, make_application
from gateway.messages.tables import MessageRow, MessageStatus
from gateway.people.restrict import break_glass, restrict_case
from gateway.records.actor import Actor, Role
from gateway.records.seal import seal
from gateway.storage.store import Store
from tests.api.doors import ORIGIN, Entrance, account
from tests.gateway.ground import KEYS as KEYRING
from tests.gateway.ground import MANAGER, NOW, Ids, small_world

SECRET = "receipts" * 4
DUTY = Actor(id="manager-2", role=Role.DUTY_MANAGER)


@pytest.fixture
def world(entrance):
    entrance.store.transact(small_world)
    return entrance


def glass(work):
    restrict_case("P-1", until=NOW.replace(day=3), why="hides", seen=1, by=MANAGER, at=NOW, work=work)
    break_glass("P-1", hours=2, why="She is on the phone, in danger.", by=DUTY, at=NOW, work=work)


def test_an_auditor_reads_every_event_but_not_why_and_the_why_of_one_is_recorded(world):
    world.store.transact(glass)
    auditor = world.as_("auditor")
    page = auditor.get("/api/v1/events", params={"what": "broke the glass"})
    (event,) = page.json()["items"]
    assert (event["actor"], event["about"]) == ("manager-2", ["P-1"])
    assert "danger" not in page.text
    whole = auditor.get(f"/api/v1/events/{event['number']}").json()
    assert whole["why"] == "She is on the phone, in danger."
    assert whole["position"] is None
    (reading,) = auditor.get("/api/v1/events", params={"what": "event read"}).json()["items"]
    assert (reading["actor"], reading["about"]) == ("auditor-1", ["P-1"])


def test_events_are_filtered_and_paged_by_number(world):
    auditor = world.as_("auditor")
    everything = auditor.get("/api/v1/events", params={"size": 200}).json()["items"]
    numbers, after = [], None
    while True:
        params = {"size": 7} | ({"after": after} if after else {})
        page = auditor.get("/api/v1/events", params=params).json()
        numbers += [each["number"] for each in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert numbers == [each["number"] for each in everything] == sorted(numbers, reverse=True)
    ask = lambda **params: auditor.get("/api/v1/events", params=params).json()["items"]  # noqa: E731  said once
    assert {each["number"] for each in ask(subject="R-1")} == {
        each["number"] for each in everything if "R-1" in each["about"]
    }
    assert ask(actor="nobody") == ask(since="2026-03-03T00:00:00Z") == ask(until="2026-03-01T00:00:00Z") == []
    assert len(ask(since="2026-03-02T00:00:00Z", size=200)) == len(everything)
    assert auditor.get("/api/v1/events/999999").status_code == 404
    assert auditor.get("/api/v1/events/99999999999999999999").status_code == 422
    assert auditor.get("/api/v1/events", params={"since": "9999-12-31T23:59:59Z"}).status_code == 422


def test_an_event_that_is_sealed_tells_its_place_in_the_chain(world):
    seal(world.store)
    told = world.as_("auditor").get("/api/v1/events/1").json()
    assert told["position"] == 1
    assert len(told["digest"]) == 64


@pytest.mark.parametrize("role", ["officer", "duty_manager", "administrator", "provider", "commissioner"])
def test_nobody_else_reads_events(world, role):
    assert world.as_(role).get("/api/v1/events").status_code == 403
    assert world.as_(role).get("/api/v1/events/1").status_code == 403
    assert world.as_(role).post("/api/v1/chain/verify", json={}).status_code == 403


def test_the_chain_is_verified_as_a_task(world):
    asked = world.as_("auditor").post("/api/v1/chain/verify", json={"expect_head": "0" * 64})
    assert (asked.status_code, asked.json()["kind"]) == (202, "verify")
    assert world.as_("auditor").post("/api/v1/chain/verify", json={"expect_head": "x"}).status_code == 422


def message(store, id, status, **facts):
    def put(work):
        if work.session.get(MessageRow, id) is None:
            work.note(
                MessageRow(
                    id=id,
                    account_id="officer-1",
                    kind="offer_to_answer",
                    about="O-1",
                    cause=id,
                    status=status,
                    made_at=NOW,
                    attempts=1,
                    **facts,
                )
            )

    store.transact(put)


@pytest.fixture
def posted(database_url, clock):
    store = Store(database_url, keys=KEYRING, clock=clock, new_id=Ids())
    app = make_application(store, Doors(origins=frozenset({ORIGIN}), receipt_secret=SecretStr(SECRET)))
    entrance = Entrance(store, app)
    store.transact(lambda work: account(work, "officer-1", "officer"))
    message(store, "ME-1", MessageStatus.UNKNOWN)
    message(store, "ME-2", MessageStatus.FAILED)
    message(store, "ME-3", MessageStatus.SENT, receipt="their-3")
    yield entrance
    store.close()


def status(entrance, id):
    with entrance.store.reading() as work:
        return work.get(MessageRow, id).status


def test_an_administrator_sees_what_did_not_go_out_and_decides(posted):
    admin = posted.as_("administrator")
    listed = admin.get("/api/v1/messages").json()["items"]
    assert {each["id"] for each in listed} == {"ME-1", "ME-2"}
    assert [each["id"] for each in admin.get("/api/v1/messages?status=failed").json()["items"]] == ["ME-2"]
    assert admin.post("/api/v1/messages/ME-1/mark-sent").json()["status"] == "sent"
    assert admin.post("/api/v1/messages/ME-2/send-again").json()["status"] == "waiting"
    for wrong in ("ME-2/mark-sent", "ME-3/send-again", "ME-1/send-again"):
        assert admin.post(f"/api/v1/messages/{wrong}").status_code == 409
    assert admin.post("/api/v1/messages/ME-9/mark-sent").status_code == 404
    assert posted.as_("auditor").get("/api/v1/messages").status_code == 403


def receipt(client, id, reference, told, secret=SECRET):
    body = {
        "id": id,
        "reference": reference,
        "to": "ada@example.org",
        "status": told,
        "notification_type": "email",
    }
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return client.post("/api/v1/messages/receipts", json=body, headers=headers).status_code


def test_receipts_settle_messages_and_come_twice_late_and_out_of_order(posted):
    post = posted.stranger
    assert receipt(post, "their-3", "ME-3", "delivered") == 204
    assert receipt(post, "their-3", "ME-3", "delivered") == 204
    assert receipt(post, "their-3", "ME-3", "permanent-failure") == 204
    assert status(posted, "ME-3") is MessageStatus.DELIVERED
    assert receipt(post, "their-1", "ME-1", "sending") == 204
    assert status(posted, "ME-1") is MessageStatus.UNKNOWN
    assert receipt(post, "their-1", "ME-1", "delivered") == 204
    assert status(posted, "ME-1") is MessageStatus.DELIVERED
    assert receipt(post, "nobody-knows", None, "delivered") == 204


def test_receipts_without_the_secret_are_refused(posted, entrance):
    for secret in (None, "", "wrong", SECRET + "x"):
        assert receipt(posted.stranger, "their-3", "ME-3", "delivered", secret) == 401
    assert receipt(entrance.stranger, "their-3", "ME-3", "delivered", "") == 401, "none is set"
    assert status(posted, "ME-3") is MessageStatus.SENT


def test_many_receipts_come_at_once(posted):
    assert {receipt(posted.stranger, "their-3", "ME-3", "delivered") for _ in range(60)} == {204}
