"""Imports and exports over HTTP."""

import pytest

from api.background.performing import perform_next
from api.rest.exports import NEEDS
from api.rest.imports import LARGEST
from gateway.monitoring.lists import What
from tests.api.background.ground import csv_of
from tests.gateway.assessment.import_files import line, write_excel
from tests.gateway.assessment.scored import ground
from tests.gateway.ground import small_world

CSV = {"Content-Type": "text/csv"}
XLSX = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def perform(entrance):
    while perform_next(entrance.store, "worker"):
        pass


@pytest.fixture
def referring(entrance):
    entrance.store.transact(ground)
    return entrance


@pytest.fixture
def world(entrance):
    entrance.store.transact(small_world)
    return entrance


def test_a_file_is_tried_and_then_entered(referring, tmp_path):
    officer, file = referring.as_("officer"), csv_of(tmp_path, 3)
    tried = officer.post("/api/v1/imports/dry-run", content=file, headers=CSV)
    assert (tried.status_code, tried.json()["would_enter"], tried.json()["faults"]) == (200, 3, [])
    asked = officer.post("/api/v1/imports", content=file, headers=CSV | {"Idempotency-Key": "one"})
    assert asked.status_code == 202
    again = officer.post("/api/v1/imports", content=file, headers=CSV | {"Idempotency-Key": "one"})
    assert again.text == asked.text, "a file sent twice under one key is one task"
    perform(referring)
    done = officer.get(asked.headers["location"]).json()
    assert (done["status"], done["result"]["entered"]) == ("done", 3)
    tried = officer.post("/api/v1/imports/dry-run", content=file, headers=CSV).json()
    assert (tried["would_enter"], tried["already_there"]) == (0, [2, 3, 4])


def test_a_workbook_is_taken_and_formulas_in_it_are_faults(referring, tmp_path):
    book = write_excel(tmp_path / "in.xlsx", [line(1), line(2) | {"surname": "=1+1"}])
    answer = referring.as_("officer").post("/api/v1/imports/dry-run", content=book.read_bytes(), headers=XLSX)
    assert answer.status_code == 200
    assert any(each["row"] == 3 and "formula" in each["detail"] for each in answer.json()["faults"])


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"\xff\xfe\0", CSV, 200),
        (b"", CSV, 200),
        (b"not a workbook", XLSX, 200),
        (b"agency", {"Content-Type": "application/json"}, 422),
        (b"agency", {}, 422),
        (b"x" * (LARGEST + 1), CSV, 413),
    ],
)
def test_whatever_is_sent_is_answered(referring, content, headers, status):
    answer = referring.as_("officer").post("/api/v1/imports/dry-run", content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert status != 200 or answer.json()["faults"]


def test_who_may_not_import_or_export(world):
    for role in ("referrer", "provider", "auditor", "administrator", "commissioner"):
        client = world.as_(role)
        assert client.post("/api/v1/imports", content=b"", headers=CSV).status_code == 403
    for role in ("referrer", "provider", "administrator"):
        assert world.as_(role).post("/api/v1/exports", json={"what": "referrals"}).status_code == 403
    assert world.stranger.post("/api/v1/exports", json={"what": "referrals"}).status_code == 401


def test_each_list_takes_the_permission_to_read_what_is_in_it(world):
    assert set(NEEDS) == set(What)
    for role, may in {
        "officer": {"vacancies", "vacancy_counts", "referrals", "offers", "placements"},
        "commissioner": {"vacancy_counts"},
        "auditor": {"vacancy_counts", "events"},
    }.items():
        for what in What:
            answer = world.as_(role).post("/api/v1/exports", json={"what": what.value})
            assert answer.status_code == (202 if what.value in may else 403), (role, what)


def test_a_list_is_fetched_by_whoever_asked_and_by_nobody_else(world):
    officer = world.as_("officer")
    asked = officer.post("/api/v1/exports", json={"what": "referrals"})
    where = f"/api/v1/exports/{asked.json()['id']}/file"
    assert officer.get(where).status_code == 409
    perform(world)
    got = officer.get(where)
    assert got.status_code == 200
    assert got.headers["content-disposition"] == 'attachment; filename="referrals-2026-03-02.csv"'
    assert got.headers["content-type"].startswith("text/csv")
    assert [row.split(",")[0] for row in got.text.splitlines()] == ["id", "R-1", "R-2", "R-3"]
    assert world.as_("officer", id="officer-2").get(where).status_code == 404
    assert officer.get("/api/v1/exports/..%2F..%2Fetc%2Fpasswd/file").status_code in (404, 422)


def test_days_the_wrong_way_round_are_refused(world):
    answer = world.as_("officer").post(
        "/api/v1/exports", json={"what": "referrals", "from_day": "2026-03-02", "until": "2026-03-02"}
    )
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/until")
