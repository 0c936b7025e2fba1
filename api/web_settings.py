"""The settings of whatever answers over HTTP: under which name, from whom, how much, and who may watch."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from pydantic import AwareDatetime, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.application import Doors
from api.guards.order import Guards
from api.guards.patience import WITHIN
from api.guards.proxies import Network, networks
from api.guards.rates import Counting, Rates
from api.refusals import Refused
from api.rest.machines import Machines

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
    otel_endpoint
        Where traces are collected (OTLP over HTTP), such as ``http://127.0.0.1:4318/v1/traces``; the extra
        ``otel`` is needed.
    """

    model_config = SettingsConfigDict(env_prefix="GATEWAY_", extra="ignore")

    origin: str = "http://127.0.0.1:8000"
    hosts: str = ""
    trusted_proxies: str = ""
    threads: int = Field(default=20, ge=1, le=200)
    most_at_once: int = Field(default=400, ge=1, le=10_000)
    body_seconds: float = Field(default=WITHIN, ge=1, le=600)
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
    otel_endpoint: str | None = Field(default=None, pattern=r"^https?://\S+$")

    def doors(self, *, now: datetime, wake: Callable[[], None] = lambda: None) -> Doors:
        """What the application is told.

        Raises
        ------
        Refused
            Naming every setting that cannot be used.
        """
        faults: list[str] = []
        proxies = _networks("GATEWAY_TRUSTED_PROXIES", self.trusted_proxies, faults)
        scraped_from = _networks("GATEWAY_SCRAPED_FROM", self.scraped_from, faults)
        faults += self._faults(now)
        if faults:
            raise Refused("The settings cannot be used.", faults)
        return Doors(
            origins=frozenset(self.origin.split()),
            threads=self.threads,
            wake=wake,
            guards=Guards(
                hosts=frozenset(self.hosts.lower().split()),
                trusted_proxies=proxies,
                most_at_once=self.most_at_once,
                body_within=self.body_seconds,
                rates=self._rates(),
            ),
            machines=Machines(
                worker_expected=self.expect_worker,
                scraped_from=scraped_from,
                scrape_secret=self.scrape_secret,
                security_contact=self.security_contact,
                security_expires=self.security_expires,
                security_policy=self.security_policy,
            ),
            traces_to=self.otel_endpoint,
        )

    def _rates(self) -> Rates:
        return Rates(
            address=self.rate_address,
            account=self.rate_account,
            sign_in=self.rate_sign_in,
            store=self.rate_store,
        )

    def _faults(self, now: datetime) -> list[str]:
        faults = [
            f"GATEWAY_ORIGIN: {origin} is no address such as https://gateway.example.org"
            for origin in self.origin.split() or ["nothing"]
            if not _is_origin(origin)
        ]
        try:
            Counting(self._rates())
        except Exception as error:  # noqa: BLE001  each driver of a store has faults of its own
            faults.append(f"GATEWAY_RATE_*: {error}")
        if (self.security_contact is None) != (self.security_expires is None):
            faults.append("GATEWAY_SECURITY_CONTACT, GATEWAY_SECURITY_EXPIRES: one needs the other")
        if self.security_expires is not None and self.security_expires <= now:
            faults.append("GATEWAY_SECURITY_EXPIRES: is past")
        return faults


def _is_origin(text: str) -> bool:
    parts = urlsplit(text)
    return (
        text == f"{parts.scheme}://{parts.netloc}"
        and parts.scheme in ("http", "https")
        and bool(parts.netloc)
    )


def _networks(name: str, text: str, faults: list[str]) -> tuple[Network, ...]:
    try:
        return networks(text.split())
    except ValueError as error:
        faults.append(f"{name}: {error}")
        return ()
