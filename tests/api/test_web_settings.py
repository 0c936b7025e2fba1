"""What the environment says of the doors reaches them, and what cannot be used is refused at once."""

from datetime import UTC, datetime

import pytest

from api.doors_as_set import doors_of
from api.refusals import Refused
from api.settings import settings
from tests.gateway.ground import NOW


@pytest.fixture
def doors(monkeypatch):
    def of(**given):
        for name, value in given.items():
            monkeypatch.setenv(f"GATEWAY_{name.upper()}", value)
        return doors_of(settings(), now=NOW)

    return of


def test_each_setting_reaches_what_it_is_for(doors):
    made = doors(
        origin="https://gateway.test https://www.gateway.test",
        hosts="Inner.test",
        trusted_proxies="10.0.0.7 fd00::/8",
        most_at_once="7",
        body_seconds="3",
        rate_sign_in="2/hour",
        scraped_from="192.0.2.0/24",
        scrape_secret="a-secret-of-prometheus",  # noqa: S106  a made-up one
        expect_worker="true",
        security_contact="mailto:security@example.org",
        security_expires="2026-12-01T00:00:00Z",
        otel_endpoint="http://127.0.0.1:4318/v1/traces",
    )
    assert made.origins == {"https://gateway.test", "https://www.gateway.test"}
    assert made.guards.hosts == {"inner.test"}
    assert [str(each) for each in made.guards.trusted_proxies] == ["10.0.0.7/32", "fd00::/8"]
    assert (made.guards.most_at_once, made.guards.body_within, made.guards.rates.sign_in) == (7, 3, "2/hour")
    assert str(made.machines.scraped_from[0]) == "192.0.2.0/24"
    assert made.machines.scrape_secret.get_secret_value() == "a-secret-of-prometheus"
    assert made.machines.worker_expected
    assert made.machines.security_expires == datetime(2026, 12, 1, tzinfo=UTC)
    assert made.traces_to == "http://127.0.0.1:4318/v1/traces"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"origin": "gateway.test"}, "GATEWAY_ORIGIN"),
        ({"origin": "https://gateway.test/"}, "GATEWAY_ORIGIN"),
        ({"origin": ""}, "GATEWAY_ORIGIN"),
        ({"trusted_proxies": "proxy"}, "GATEWAY_TRUSTED_PROXIES"),
        ({"scraped_from": "10.0.0.1/8"}, "GATEWAY_SCRAPED_FROM"),
        ({"rate_address": "often"}, "GATEWAY_RATE_*"),
        ({"rate_store": "async+nothing://"}, "GATEWAY_RATE_*"),
        ({"security_contact": "mailto:security@example.org"}, "one needs the other"),
        ({"security_expires": "2025-01-01T00:00:00Z", "security_contact": "mailto:a@b.org"}, "is past"),
        ({"security_expires": "2027-01-01T00:00:00"}, "GATEWAY_SECURITY_EXPIRES"),
        ({"security_contact": "call us"}, "GATEWAY_SECURITY_CONTACT"),
        ({"scrape_secret": "short"}, "GATEWAY_SCRAPE_SECRET"),
        ({"most_at_once": "0"}, "GATEWAY_MOST_AT_ONCE"),
    ],
)
def test_what_cannot_be_used_is_named(doors, given, words):
    with pytest.raises(Refused) as refused:
        doors(**given)
    assert words in " ".join([str(refused.value), *refused.value.faults])


def test_all_that_is_wrong_is_named_at_once(doors):
    with pytest.raises(Refused) as refused:
        doors(origin="x", trusted_proxies="y", rate_address="z")
    assert len(refused.value.faults) == 3
