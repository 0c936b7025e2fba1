"""The settings of whatever answers over HTTP: under which name, from whom, how much, and who may watch."""

from pydantic import AwareDatetime, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.guards.how_often import Rates

_RATES = Rates()


class WebSettings(BaseSettings):
    """What the doors over HTTP are told.

    origin
        The public address of the gateway, as people type it: ``https://gateway.example.org``. Several with
        blanks between. Changes are taken from its pages alone, and no other name is answered to.
    hosts
        Further names to answer to, with blanks between.
    trusted_proxies
        Addresses and networks of the proxies before the gateway, with blanks between: who asks is believed
        of these alone.
    threads
        How many requests one process works on at once, each with a connection to the database.
    most_at_once
        How many requests one process has in hand; the next one is told to come back.
    body_seconds
        How long a body may take to come.
    rate_address, rate_account, rate_sign_in
        How often one address and one account may ask, and how often one address may try to come in.
    rate_store
        Where that is counted; processes that are to count together share one, such as
        ``async+redis://127.0.0.1:6379``, whose driver is installed beside the gateway.
    scraped_from
        From where ``/metrics`` may be asked, without a proxy between.
    scrape_secret
        A bearer token that opens ``/metrics`` from anywhere.
    expect_worker
        Whether ``/readyz`` asks that a worker lives.
    security_contact, security_expires, security_policy
        What stands in ``/.well-known/security.txt`` (RFC 9116): whom to tell of a weakness
        (``mailto:…`` or ``https://…``), until when that holds, and how reports are dealt with.
    receipt_secret
        A bearer token with which GOV.UK Notify tells what became of messages.
    otel_endpoint
        Where traces are collected (OTLP over HTTP), such as ``http://127.0.0.1:4318/v1/traces``; the extra
        ``otel`` is needed.
    oidc_issuer, oidc_client_id, oidc_client_secret
        An OpenID Connect provider through which people may sign in (the extra ``oidc`` is needed); see
        docs/access.md.
    oidc_strong_acr
        Values of its ``acr`` that mean that a second factor vouched, with blanks between; ``amr`` with
        ``mfa`` means it in any case.
    """

    model_config = SettingsConfigDict(env_prefix="GATEWAY_", extra="ignore")

    origin: str = "http://127.0.0.1:8000"
    hosts: str = ""
    trusted_proxies: str = ""
    threads: int = Field(default=20, ge=1, le=200)
    most_at_once: int = Field(default=400, ge=1, le=10_000)
    body_seconds: float = Field(default=20, ge=1, le=600)
    rate_address: str = _RATES.address
    rate_account: str = _RATES.account
    rate_sign_in: str = _RATES.sign_in
    rate_store: str = _RATES.store
    scraped_from: str = "127.0.0.0/8 ::1"
    scrape_secret: SecretStr | None = Field(default=None, min_length=16)
    expect_worker: bool = False
    security_contact: str | None = Field(default=None, pattern=r"^(mailto:|https://)\S+$")
    security_expires: AwareDatetime | None = None
    security_policy: str | None = Field(default=None, pattern=r"^https://\S+$")
    receipt_secret: SecretStr | None = Field(default=None, min_length=16)
    otel_endpoint: str | None = Field(default=None, pattern=r"^https?://\S+$")
    oidc_issuer: str | None = Field(default=None, max_length=200)
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_strong_acr: str = ""
