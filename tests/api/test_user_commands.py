"""``gateway user``: the first administrator of an empty gateway, and the way back in."""

import re

import pytest

from api.application import Doors, make_application
from api.settings import open_store
from gateway.accounts.tables import AccountRow, CredentialRow
from tests.api.browsers import Browser
from tests.api.doors import ORIGIN, Entrance
from tests.gateway.accounts.people import PASSWORD

ADA = ("--name", "Ada Lovelace", "--email", "ada@example.org")


@pytest.fixture
def ready(tmp_path, monkeypatch, gateway):
    """A folder with new keys and an empty database, to which the settings point."""
    monkeypatch.setenv("GATEWAY_DATABASE", f"sqlite:///{tmp_path / 'gateway.db'}")
    monkeypatch.setenv("GATEWAY_KEY_FILE", str(tmp_path / "gateway.key"))
    monkeypatch.setenv("GATEWAY_OPERATOR", "admin-1")
    monkeypatch.delenv("GATEWAY_KEYS", raising=False)
    assert gateway("keys", "new", tmp_path / "gateway.key").status == 0
    assert gateway("database", "upgrade").status == 0
    return tmp_path


def secret_in(answer):
    assert answer.status == 0, answer.err
    (secret,) = re.findall(r"^  (\S{43})$", answer.out, re.MULTILINE)
    return secret


def accepted(store, secret):
    """Follow the link, at the doors over HTTP."""
    entrance = Entrance(store, make_application(store, Doors(origins=frozenset({ORIGIN}))))
    client = entrance.client()
    body = {"secret": secret, "password": PASSWORD}
    assert client.post("/api/v1/invitations/accept", json=body).status_code == 204
    return Browser(entrance)


def test_a_new_gateway_has_no_account_and_so_no_default_password(gateway, ready):
    assert "0 accounts" in gateway("user", "list").out
    with open_store() as store, store.reading() as work:
        assert not work.where(CredentialRow)


def test_the_first_administrator_is_added_and_signs_in(gateway, ready):
    secret = secret_in(gateway("user", "add", *ADA, "--role", "administrator"))
    with open_store() as store:
        browser = accepted(store, secret)
        assert browser.sign_in().json()["account"]["role"] == "administrator"
    listed = gateway("user", "list").out
    assert re.search(r"AC-\w{10}  active  administrator  Ada Lovelace <ada@example\.org>", listed)
    assert secret not in listed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*ADA, "--role", "king"), "--role: is king"),
        ((*ADA, "--role", "clockwork"), "--role: is clockwork"),
        ((*ADA, "--role", "referrer"), "agency_id: is missing"),
        ((*ADA, "--role", "provider", "--provider", "V-9"), "there is no provider V-9"),
        (("--name", " ", "--email", "ada", "--role", "officer"), "--email: 'ada' cannot be used"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nobody_is_invited(gateway, ready, words, said):
    answer = gateway("user", "add", *words)
    assert answer.status == 2
    assert said in answer.err
    assert "0 accounts" in gateway("user", "list").out


def test_an_address_is_taken_once(gateway, ready):
    gateway("user", "add", *ADA, "--role", "auditor")
    answer = gateway("user", "add", *ADA, "--role", "officer")
    assert answer.status == 2
    assert "already" in answer.err


def test_an_account_is_suspended_by_its_address_or_its_id(gateway, ready):
    gateway("user", "add", *ADA, "--role", "officer")
    answer = gateway("user", "suspend", "ADA@example.org", "--reason", "left")
    assert answer.status == 0, answer.err
    assert "suspended  officer" in gateway("user", "list").out
    assert gateway("user", "suspend", "ada@example.org", "--reason", "left").status == 2
    assert gateway("user", "reset", "ada@example.org").status == 2
    assert "There is no account AC-NONE" in gateway("user", "suspend", "AC-NONE", "--reason", "x").err
    assert gateway("check").status == 0


def test_whoever_has_lost_everything_is_let_back_in(gateway, ready):
    secret = secret_in(gateway("user", "add", *ADA, "--role", "officer"))
    again = secret_in(gateway("user", "reset", "ada@example.org"))
    assert again != secret
    with open_store() as store:
        accepted(store, again)
        with store.reading() as work:
            id = work.where(AccountRow)[0].id

        def enrolled(work):
            row = work.get(CredentialRow, id)
            row.totp, row.totp_since = "JBSWY3DPEHPK3PXP", store.clock()
            work.note(row)

        store.transact(enrolled)
    secret_in(gateway("user", "reset", id))
    with open_store() as store, store.reading() as work:
        assert work.get(CredentialRow, id).password is None
        assert work.get(CredentialRow, id).totp is not None
    secret_in(gateway("user", "reset", id, "--second-factor"))
    with open_store() as store, store.reading() as work:
        assert work.get(CredentialRow, id).totp is None
