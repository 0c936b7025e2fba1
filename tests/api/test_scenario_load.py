"""``gateway scenario load`` fills an empty database, and invites one account of each role."""

import re

import pytest

from api.settings import open_store
from gateway.accounts.setting_passwords import accept_invitation
from gateway.records.actor import Role

REGION = "birmingham-black-country"


@pytest.fixture
def ready(tmp_path, monkeypatch, gateway):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GATEWAY_OPERATOR", "ada")
    for words in (("keys", "new", "gateway.key"), ("database", "upgrade")):
        assert gateway(*words).status == 0


def taken_up(work, secret):
    return accept_invitation(secret, "four words nobody guesses", at=work.clock(), work=work)


@pytest.mark.usefixtures("ready")
def test_a_demonstration_is_loaded_once_and_its_accounts_can_be_taken_up(gateway):
    answer = gateway("scenario", "load", REGION)
    assert answer.status == 0, answer.err
    secrets = dict(re.findall(r"^ +(\w+) +\S+@example\.org +(\S{40,})$", answer.out, re.MULTILINE))
    assert set(secrets) == set(Role) - {Role.CLOCKWORK}
    assert gateway("check").status == 0
    with open_store() as store:
        for role, secret in secrets.items():
            row = store.transact(lambda work, secret=secret: taken_up(work, secret))
            assert row.role == role
    again = gateway("scenario", "load", REGION)
    assert again.status == 2
    assert "is not empty" in again.err
    assert "secret" not in again.out


@pytest.mark.usefixtures("ready")
def test_a_region_that_is_not_there_is_refused_and_nothing_is_written(gateway):
    answer = gateway("scenario", "load", "atlantis")
    assert answer.status == 2
    assert "atlantis" in answer.err
