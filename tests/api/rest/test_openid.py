"""Signing in through a real OpenID Connect provider: who gets in, and which answers are not believed."""

import base64
import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from pydantic import SecretStr

from api.access.openid import OpenIdClient, OpenIdProvider
from api.access.recognising import COOKIE
from api.application import Doors, make_application
from api.doors_as_set import doors_of
from api.refusals import Refused
from api.rest.openid import ASKED
from api.web_settings import WebSettings
from gateway.accounts.changing import suspend_account
from gateway.accounts.tables import AccountRow, AccountStatus, CredentialRow
from gateway.records.actor import Role
from tests.api.doors import ORIGIN
from tests.api.openid_provider import provider
from tests.gateway.accounts.people import EMAIL, active, attempt, invited, with_second_factor
from tests.gateway.ground import ADMINISTRATOR, KEYS

# The provider uses what its own library will drop some day.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

ADA = {"email": EMAIL, "email_verified": True}


@pytest.fixture
def login(monkeypatch):
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # the provider has no TLS here
    with provider() as running:
        running.knows("ada-sub", **ADA)
        yield running


@pytest.fixture
def gateway(entrance, login, clock):
    """The doors of a gateway that knows the provider, at the provider's own time."""
    clock.now = datetime.now(UTC)
    client = OpenIdClient(
        issuer=login.url,
        client_id="gateway",
        client_secret=SecretStr("between-us"),
        redirect_uri=f"{ORIGIN}/api/v1/openid/callback",
        strong=("https://refeds.org/profile/mfa",),
    )
    doors = Doors(origins=frozenset({ORIGIN}), openid=OpenIdProvider(client))
    entrance.app = make_application(entrance.store, doors)
    return entrance


class Comer:
    """Somebody's browser on its way to the provider and back."""

    def __init__(self, gateway, login):
        self.client, self.login = gateway.client(), login
        self.client.follow_redirects = False

    def goes(self):
        answer = self.client.get("/api/v1/openid/start")
        assert answer.status_code == 303, answer.text
        self.cookie = self.client.cookies[ASKED]
        return answer.headers["location"]

    def comes_back(self, **answer):
        return self.client.get("/api/v1/openid/callback", params=answer)

    def signs_in(self, subject="ada-sub"):
        return self.comes_back(**self.login.vouches(self.goes(), subject))

    @property
    def session(self):
        return self.client.get("/api/v1/session")


def refused(answer):
    assert answer.status_code == 401, answer.text
    assert answer.json()["type"] == "/problems/not-vouched"
    assert COOKIE + "=" not in answer.headers.get("set-cookie", "")
    return True


def test_somebody_invited_signs_in_and_is_linked_to_the_providers_own_name_of_them(gateway, login):
    id, _ = invited(gateway.store)
    comer = Comer(gateway, login)
    answer = comer.signs_in()
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert comer.session.json()["account"]["id"] == id
    with gateway.store.reading() as work:
        assert work.get(AccountRow, id).status is AccountStatus.ACTIVE
        assert work.get(CredentialRow, id).subject == "ada-sub"
    login.knows("ada-sub", email="changed@example.org", email_verified=True)
    assert Comer(gateway, login).signs_in().status_code == 303


def test_what_is_asked_has_a_challenge_a_state_and_a_nonce_of_its_own_each_time(gateway, login):
    asked = [parse_qs(urlsplit(Comer(gateway, login).goes()).query) for _ in range(2)]
    for each in asked:
        assert each["code_challenge_method"] == ["S256"]
        assert each["response_type"] == ["code"]
        assert each["redirect_uri"] == [f"{ORIGIN}/api/v1/openid/callback"]
        assert each["acr_values"] == ["https://refeds.org/profile/mfa"]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]


@pytest.mark.parametrize(
    "claims",
    [
        {"email": EMAIL},
        {"email": EMAIL, "email_verified": False},
        {"email": EMAIL, "email_verified": "true"},
        {},
    ],
)
def test_an_address_that_the_provider_has_not_verified_links_nobody(gateway, login, claims):
    active(gateway.store)
    login.knows("mallory", **claims)
    assert refused(Comer(gateway, login).signs_in("mallory"))


def test_somebody_who_was_not_invited_has_no_account(gateway, login):
    login.knows("stranger", email="stranger@example.org", email_verified=True)
    assert refused(Comer(gateway, login).signs_in("stranger"))
    with gateway.store.reading() as work:
        assert not work.where(AccountRow)


def test_a_suspended_account_is_not_opened(gateway, login, clock):
    id = active(gateway.store)
    assert Comer(gateway, login).signs_in().status_code == 303
    gateway.store.transact(
        lambda work: suspend_account(id, why="x", seen=None, by=ADMINISTRATOR, at=clock(), work=work)
    )
    assert refused(Comer(gateway, login).signs_in())


def test_somebody_else_who_has_the_address_by_now_does_not_get_the_account(gateway, login):
    active(gateway.store)
    assert Comer(gateway, login).signs_in().status_code == 303
    login.knows("successor", **ADA)
    assert refused(Comer(gateway, login).signs_in("successor"))


def test_an_answer_is_taken_once(gateway, login):
    active(gateway.store)
    comer = Comer(gateway, login)
    answer = login.vouches(comer.goes(), "ada-sub")
    assert comer.comes_back(**answer).status_code == 303
    assert refused(comer.comes_back(**answer)), "the cookie has gone"
    comer.client.cookies.set(ASKED, comer.cookie, domain="gateway.test")
    assert refused(comer.comes_back(**answer)), "and the code was used"


def test_an_answer_to_another_browser_is_refused(gateway, login):
    """Otherwise somebody could have a victim signed in under their own name."""
    active(gateway.store)
    attacker, victim = Comer(gateway, login), Comer(gateway, login)
    answer = login.vouches(attacker.goes(), "ada-sub")
    assert refused(victim.comes_back(**answer))
    victim.goes()
    assert refused(victim.comes_back(**answer))


def test_an_answer_that_comes_too_late_is_refused(gateway, login, clock):
    active(gateway.store)
    comer = Comer(gateway, login)
    answer = login.vouches(comer.goes(), "ada-sub")
    clock.on(minutes=10, seconds=1)
    assert refused(comer.comes_back(**answer))


def test_a_cookie_that_was_tampered_with_is_refused(gateway, login):
    active(gateway.store)
    comer = Comer(gateway, login)
    answer = login.vouches(comer.goes(), "ada-sub")
    for forged in (comer.cookie[:-3] + "AAA", "x", "", json.dumps({"state": answer["state"]})):
        comer.client.cookies.clear()
        comer.client.headers["Cookie"] = f"{ASKED}={forged}"
        assert refused(comer.comes_back(**answer))


def test_another_nonce_is_refused(gateway, login):
    active(gateway.store)
    comer = Comer(gateway, login)
    answer = login.vouches(comer.goes(), "ada-sub")
    kept = json.loads(KEYS.open(comer.cookie)) | {"nonce": "another"}
    comer.client.cookies.clear()
    comer.client.headers["Cookie"] = f"{ASKED}={KEYS.seal(json.dumps(kept))}"
    assert refused(comer.comes_back(**answer))


TAMPERINGS = (
    {"iss": "https://evil.test"},
    {"aud": "somebody-else"},
    {"aud": ["gateway", "somebody-else"]},
    {"azp": "somebody-else"},
    {"exp": 1},
    {"iat": 9_999_999_999},
    {"nonce": "another"},
    {"nonce": None},
    {"sub": None},
    {"sub": "x" * 256},
    {"sub": 7},
    {"at_hash": "AAAA"},
)


def test_a_token_of_another_for_another_or_of_another_time_is_refused(gateway, login):
    active(gateway.store)
    comer = Comer(gateway, login)
    for tampering in TAMPERINGS:

        def tamper(claims, tampering=tampering):
            for name, value in tampering.items():
                claims.pop(name, None)
                if value is not None:
                    claims[name] = value

        login.tamper = tamper
        assert refused(comer.signs_in()), tampering
    login.tamper = lambda _: None
    assert comer.signs_in().status_code == 303


def unsigned(token):
    header, body, _ = token.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    return f"{none}.{body}." if header else ""


def resigned_with_what_we_share(token):
    body = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return jwt.encode({"alg": "HS256"}, body, OctKey.import_key("between-us" * 4))


def altered(token):
    header, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "==")) | {"sub": "somebody"}
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"{header}.{body}.{signature}"


def test_a_token_that_the_provider_has_not_signed_is_refused(gateway, login):
    active(gateway.store)
    comer = Comer(gateway, login)
    for forge in (
        unsigned,
        resigned_with_what_we_share,
        altered,
        lambda _: "",
        lambda _: "a.b.c",
        lambda _: None,
    ):
        login.forge = forge
        assert refused(comer.signs_in()), forge


def test_who_says_that_it_sent_the_browser_back_must_be_the_provider(gateway, login):
    active(gateway.store)
    comer = Comer(gateway, login)
    answer = login.vouches(comer.goes(), "ada-sub")
    assert refused(comer.comes_back(**answer | {"iss": "https://evil.test"}))


def test_somebody_who_was_not_let_through_there_is_not_signed_in_here(gateway, login):
    comer = Comer(gateway, login)
    comer.goes()
    assert refused(comer.comes_back(error="access_denied", state="x"))
    assert refused(comer.comes_back())


def test_the_provider_says_whether_a_second_factor_vouched(gateway, login):
    active(gateway.store, role=Role.DUTY_MANAGER)
    for claims, vouched in (
        ({"amr": ["pwd", "mfa"]}, "given"),
        ({"acr": "https://refeds.org/profile/mfa"}, "given"),
        ({"amr": ["pwd"]}, "missing"),
        ({"acr": "1"}, "missing"),
        ({}, "missing"),
    ):
        login.knows("ada-sub", **ADA, **claims)
        comer = Comer(gateway, login)
        comer.signs_in()
        assert comer.session.json()["account"]["second_factor"] == vouched, claims
    login.knows("ada-sub", **ADA, amr="mfa")
    assert refused(Comer(gateway, login).signs_in()), "a list was promised"


def test_a_second_factor_that_is_set_up_here_is_due_unless_the_provider_has_seen_one(gateway, login, clock):
    id = active(gateway.store)
    with_second_factor(gateway.store, clock, id)
    clock.now = datetime.now(UTC)
    comer = Comer(gateway, login)
    comer.signs_in()
    assert comer.session.json()["account"]["second_factor"] == "due"


def test_an_account_that_failures_have_shut_still_opens_through_the_provider(gateway, login):
    """Whoever shuts somebody out with wrong passwords does not shut this way."""
    active(gateway.store)
    for _ in range(6):
        attempt(gateway.store, "wrong")
    assert Comer(gateway, login).signs_in().status_code == 303


def test_a_provider_that_does_not_answer_is_told_so(entrance, clock):
    clock.now = datetime.now(UTC)
    client = OpenIdClient(
        issuer="http://127.0.0.1:9",
        client_id="gateway",
        client_secret=SecretStr("x"),
        redirect_uri=f"{ORIGIN}/api/v1/openid/callback",
    )
    entrance.app = make_application(
        entrance.store, Doors(origins=frozenset({ORIGIN}), openid=OpenIdProvider(client))
    )
    answer = entrance.stranger.get("/api/v1/openid/start", follow_redirects=False)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/provider-out-of-reach")


def test_where_none_is_set_up_that_is_said(entrance):
    for path in ("start", "callback"):
        answer = entrance.stranger.get(f"/api/v1/openid/{path}", follow_redirects=False)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/no-provider")


def settings(**facts):
    return WebSettings(
        origin="https://gateway.example.org",
        oidc_issuer="https://login.example.org",
        oidc_client_id="gateway",
        oidc_client_secret="between-us",  # noqa: S106  it is nobody's
    ).model_copy(update=facts)


def test_the_settings_make_a_provider_and_never_show_its_secret():
    client = doors_of(settings(), now=datetime.now(UTC)).openid.client
    assert client.redirect_uri == "https://gateway.example.org/api/v1/openid/callback"
    assert "between-us" not in repr(client)
    assert doors_of(WebSettings(), now=datetime.now(UTC)).openid is None


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"oidc_client_id": None}, "each needs the others"),
        ({"oidc_issuer": "http://login.example.org"}, "must begin with https://"),
        ({"oidc_issuer": "login"}, "must begin with https://"),
    ],
)
def test_settings_that_would_vouch_for_anybody_are_refused(facts, said):
    with pytest.raises(Refused, match=said):
        doors_of(settings(**facts), now=datetime.now(UTC))
