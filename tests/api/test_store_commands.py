"""The commands about what is stored: each does what it says, and says what to do when it cannot."""

import csv
import json
import os
import stat

import pytest
from sqlalchemy import select

from api.ids import ALPHABET, new_id
from api.settings import Settings, open_store, settings
from gateway.people.tables import PersonRow
from gateway.records.tables import EventRow, LegalHoldRow
from gateway.storage.sealing import Keyring
from gateway.storage.store import Store
from tests.api.running import gateway as own_process
from tests.databases import ask_server, server
from tests.gateway.ground import NOW, Ids, StoppedClock, person, small_world
from tests.gateway.records.lives import closed
from tests.gateway.records.tampering import tamper


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with nothing in it, to which the settings point."""
    monkeypatch.setenv("GATEWAY_DATABASE", f"sqlite:///{tmp_path / 'gateway.db'}")
    monkeypatch.setenv("GATEWAY_KEY_FILE", str(tmp_path / "gateway.key"))
    monkeypatch.setenv("GATEWAY_OPERATOR", "admin-1")
    monkeypatch.delenv("GATEWAY_KEYS", raising=False)
    return tmp_path


@pytest.fixture
def ready(place, gateway):
    """New keys and an empty database of this release."""
    assert gateway("keys", "new", place / "gateway.key").status == 0
    assert gateway("database", "upgrade").status == 0
    return place


def old_store():
    """The store that the settings name, years ago."""
    ring = settings().keyring()
    return Store(settings().database, keys=ring, clock=StoppedClock(), new_id=Ids())


def told(answer):
    return answer.out + answer.err


# settings ---------------------------------------------------------------------------------------------


def test_an_id_is_a_prefix_and_ten_characters_that_nobody_misreads():
    ids = {new_id("R") for _ in range(200)}
    assert len(ids) == 200
    assert all(len(id) == 12 and id.startswith("R-") and set(id[2:]) <= set(ALPHABET) for id in ids)
    assert not set("ILOU") & set(ALPHABET)


def test_every_setting_comes_from_the_environment_and_has_a_default(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"GATEWAY_{name.upper()}", raising=False)
    assert settings().database == "sqlite:///gateway.db"
    monkeypatch.setenv("GATEWAY_RETENTION_PLACED_YEARS", "7")
    assert settings().retention_rules().placed_years == 7


def test_every_wrong_setting_is_named_at_once(gateway, ready, monkeypatch):
    monkeypatch.setenv("GATEWAY_RETENTION_PLACED_YEARS", "many")
    monkeypatch.setenv("GATEWAY_RETENTION_UNPLACED_YEARS", "few")
    answer = gateway("retention", "preview")
    assert answer.status == 2
    assert "GATEWAY_RETENTION_PLACED_YEARS" in answer.err
    assert "GATEWAY_RETENTION_UNPLACED_YEARS" in answer.err


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("GATEWAY_DATABASE", "mysql://x/y", "is mysql, must be sqlite or postgresql"),
        ("GATEWAY_DATABASE", "hello", "is no address"),
        ("GATEWAY_DATABASE", "sqlite:////nowhere/at/all.db", "there is no database"),
        ("GATEWAY_DATABASE", "postgresql://nobody@127.0.0.1:1/none", "The database does not answer"),
        ("GATEWAY_KEY_FILE", "/nowhere/gateway.key", "there is no key"),
        ("GATEWAY_KEYS", "seal:abc", "GATEWAY_KEYS: a key file has lines"),
    ],
)
def test_what_cannot_be_opened_is_refused_with_what_to_do(gateway, ready, monkeypatch, name, value, sentence):
    monkeypatch.setenv(name, value)
    answer = gateway("check")
    assert answer.status == 2
    assert sentence in answer.err


def test_keys_may_come_from_the_environment_instead_of_a_file(gateway, ready, monkeypatch):
    text = (ready / "gateway.key").read_text()
    (ready / "gateway.key").unlink()
    monkeypatch.setenv("GATEWAY_KEYS", text.replace("\n", " "))
    assert gateway("check").status == 0


def test_a_postgresql_database_is_named_as_everybody_names_it(gateway, ready, monkeypatch):
    name = f"gateway_commands_{os.getpid()}"
    ask_server(f"CREATE DATABASE {name}")
    url = server().set(database=name, drivername="postgresql").render_as_string(hide_password=False)
    monkeypatch.setenv("GATEWAY_DATABASE", url)
    try:
        assert "is empty" in gateway("check").err
        assert gateway("database", "upgrade").status == 0
        assert gateway("check").status == 0
        assert gateway("database", "status").status == 0
    finally:
        ask_server(f"DROP DATABASE {name} WITH (FORCE)")


# database ---------------------------------------------------------------------------------------------


def test_a_database_is_made_and_only_its_owner_reads_it(gateway, ready):
    assert stat.S_IMODE((ready / "gateway.db").stat().st_mode) == 0o600
    assert "as before" in gateway("database", "upgrade").out
    assert "stands at revision" in gateway("database", "status").out


def test_no_database_is_refused_and_none_is_made(gateway, place):
    gateway("keys", "new", place / "gateway.key")
    for words in (["check"], ["backup", place / "x"], ["audit", "seal"], ["database", "status"]):
        answer = gateway(*words)
        assert answer.status == 2
        assert "there is no database" in answer.err
    assert not (place / "gateway.db").exists()


def test_a_database_of_an_older_or_newer_release_is_refused_with_what_to_do(gateway, ready):
    with open_store() as store:
        tamper(store, "UPDATE alembic_version SET version_num = '0001'")
    answer = gateway("check")
    assert answer.status == 2
    assert "run `gateway database upgrade`" in answer.err
    assert gateway("database", "status").status == 1
    store = old_store()
    tamper(store, "UPDATE alembic_version SET version_num = '9999'")
    store.close()
    assert "A newer release upgraded it" in gateway("check").err


# audit and check --------------------------------------------------------------------------------------


def test_events_are_sealed_and_verified_and_the_head_is_printed(gateway, ready):
    with open_store() as store:
        store.transact(small_world)
    before = gateway("audit", "verify")
    assert (before.status, "not sealed yet" in before.out) == (0, True)
    sealed = gateway("audit", "seal")
    head = sealed.out.split("Head: ")[1].strip()
    verified = gateway("audit", "verify", "--expect-head", head)
    assert verified.status == 0
    assert "The chain holds" in verified.out
    assert head in verified.out


def test_a_changed_event_is_named_with_exit_status_1_however_quiet(gateway, ready):
    with open_store() as store:
        store.transact(small_world)
        gateway("audit", "seal")
        tamper(store, "UPDATE events SET actor = 'nobody' WHERE number = 3")
    answer = gateway("audit", "verify", "--quiet")
    assert answer.status == 1
    assert "event 3, position 3: is not as it was sealed" in answer.out


def test_a_head_that_is_not_met_fails(gateway, ready):
    answer = gateway("audit", "verify", "--expect-head", "abc")
    assert answer.status == 1
    assert "cut or rewritten" in answer.out


def test_a_broken_invariant_is_named_with_its_ids_and_exit_status_1(gateway, ready):
    with open_store() as store:
        store.transact(small_world)
    assert gateway("check").status == 0
    with open_store() as store:
        tamper(store, "UPDATE referrals SET status = 'offered' WHERE id = 'R-2'")
    answer = gateway("check", "--quiet")
    assert answer.status == 1
    assert "  R-2" in answer.out


# keys -------------------------------------------------------------------------------------------------


def test_new_keys_are_for_their_owner_alone_and_overwrite_nothing(gateway, place):
    file = place / "gateway.key"
    assert gateway("keys", "new", file).status == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    again = gateway("keys", "new", file)
    assert again.status == 2
    assert "is not overwritten" in again.err
    assert file.read_text() == text
    Keyring.parse(text)


def test_a_rotation_seals_everything_anew_and_ends_with_one_key(gateway, ready):
    file = ready / "gateway.key"
    first = settings().keyring()
    with open_store() as store:
        store.transact(lambda work: person(work, forename="Marguerite"))
    assert "2 rows sealed anew" in gateway("keys", "rotate").out
    assert len(Keyring.parse(file.read_text()).sealing) == 2
    assert gateway("keys", "rotate", "--drop-old").status == 0
    ring = Keyring.parse(file.read_text())
    assert len(ring.sealing) == 1
    assert ring.sealing != first.sealing
    with open_store() as store, store.reading() as work:
        assert work.get(PersonRow, "P-1").forename == "Marguerite"
        assert work.where(EventRow, EventRow.what == "keys rotated")[0].actor == "admin-1"


def test_an_older_key_is_kept_while_something_needs_it(gateway, ready):
    with open_store() as store:
        store.transact(lambda work: person(work, forename="Marguerite"))
    assert gateway("keys", "rotate", "--add-only").status == 0
    answer = gateway("keys", "rotate", "--drop-old")
    assert answer.status == 1
    assert "people: 1" in answer.out
    assert len(settings().keyring().sealing) == 2
    assert "2 rows sealed anew" in gateway("keys", "rotate").out
    assert len(settings().keyring().sealing) == 2


def test_keys_of_the_environment_are_changed_by_whoever_set_them(gateway, ready, monkeypatch):
    monkeypatch.setenv("GATEWAY_KEYS", (ready / "gateway.key").read_text())
    answer = gateway("keys", "rotate")
    assert answer.status == 2
    assert "put a new key before the others" in answer.err
    monkeypatch.setenv("GATEWAY_KEYS", settings().keyring().with_new_key().text())
    assert gateway("keys", "rotate").status == 0
    assert "leave only the first" in gateway("keys", "rotate", "--drop-old").out


# backup and restore -----------------------------------------------------------------------------------


def test_a_backup_comes_back_where_nothing_is_and_needs_no_key(gateway, ready, monkeypatch):
    with open_store() as store:
        store.transact(small_world)
    gateway("audit", "seal")
    file = ready / "all.backup"
    (ready / "gateway.key").rename(ready / "elsewhere.key")
    assert gateway("backup", file).status == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "is not overwritten" in gateway("backup", file).err
    refused = gateway("restore", file)
    assert refused.status == 2
    assert "a restore overwrites nothing" in refused.err
    monkeypatch.setenv("GATEWAY_DATABASE", f"sqlite:///{ready / 'new.db'}")
    assert gateway("restore", file).status == 0
    monkeypatch.setenv("GATEWAY_KEY_FILE", str(ready / "elsewhere.key"))
    assert gateway("check").status == 0
    assert gateway("audit", "verify").status == 0


def test_a_bad_backup_leaves_no_database(gateway, ready, monkeypatch):
    file = ready / "all.backup"
    gateway("backup", file)
    file.write_bytes(file.read_bytes()[:-9])
    monkeypatch.setenv("GATEWAY_DATABASE", f"sqlite:///{ready / 'new.db'}")
    answer = gateway("restore", file)
    assert answer.status == 2
    assert "nothing was written" in answer.err
    assert not list(ready.glob("new.db*"))
    assert "there is no such file" in gateway("restore", ready / "none").err


# retention --------------------------------------------------------------------------------------------


def test_a_preview_names_who_is_due_and_apply_erases_them(gateway, ready):
    store = old_store()
    store.clock.now = NOW.replace(year=2015)
    store.transact(small_world)
    store.transact(lambda work: closed(work, "P-10", "Marguerite"))
    tamper(store, "UPDATE referrals SET status_since = '2015-03-02 00:00:00.000000' WHERE id = 'R-10'")
    store.close()
    answer = gateway("retention", "preview")
    assert answer.status == 0
    assert "P-10, due since 2017-03-02" in answer.out
    assert "Kept: 3 people with an open referral" in answer.out
    assert "Placed: 6 years from" in answer.out
    assert "1 person erased" in gateway("retention", "apply").out
    assert "0 people due" in gateway("retention", "preview").out
    assert gateway("check").status == 0
    assert gateway("audit", "verify").status == 0


def test_nobody_is_erased_for_a_day_to_come(gateway, ready):
    answer = gateway("retention", "apply", "--as-of", "2999-01-01")
    assert answer.status == 2
    assert "nobody is erased before their time" in answer.err
    assert gateway("retention", "apply", "--as-of", "soon").status == 2


def test_a_legal_hold_is_placed_and_lifted_by_name(gateway, ready):
    with open_store() as store:
        store.transact(person)
    assert gateway("retention", "hold", "P-1", "--reason", "a claim").status == 0
    with open_store() as store, store.reading() as work:
        hold = work.all(select(LegalHoldRow))[0]
    assert gateway("retention", "lift", hold.id, "--reason", "settled").status == 0
    again = gateway("retention", "lift", hold.id, "--reason", "settled")
    assert again.status == 2
    assert "was lifted on" in again.err
    assert "There is no person P-9." in gateway("retention", "hold", "P-9", "--reason", "x").err


# subject access ---------------------------------------------------------------------------------------


def test_everything_about_somebody_goes_into_a_new_folder_for_its_owner_alone(gateway, ready):
    with open_store() as store:
        store.transact(small_world)
        store.transact(lambda work: person(work, "P-5", forename="=Marguerite"))
    out = ready / "asked"
    assert gateway("subject-access", "P-5", "--out", out).status == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(each.stat().st_mode) == 0o600 for each in out.iterdir())
    with (out / "people.csv").open(newline="") as file:
        assert next(csv.DictReader(file))["forename"] == "'=Marguerite"
    assert json.loads((out / "everything.json").read_text())["people"] == ["P-5"]
    again = gateway("subject-access", "P-5", "--out", out)
    assert again.status == 2
    assert "is not overwritten" in again.err
    assert gateway("subject-access", "P-99", "--out", ready / "none").status == 2
    assert not (ready / "none").exists()


def test_the_command_works_in_a_process_of_its_own(ready):
    answer = own_process("check")
    assert answer.status == 0
    assert "invariants hold" in answer.out
