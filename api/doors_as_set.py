"""What the settings say of the doors over HTTP, as the application takes it; whatever is wrong, at once."""

from collections.abc import Callable
from datetime import datetime
from importlib.util import find_spec
from urllib.parse import urlsplit

from api.access.openid import OpenIdClient, OpenIdProvider
from api.application import Doors
from api.guards.how_often import Rates
from api.guards.order import Guards
from api.guards.proxies import Network, networks
from api.guards.rates import Counting
from api.refusals import Refused
from api.rest.machines import Machines
from api.web_settings import WebSettings


def doors_of(of: WebSettings, *, now: datetime, wake: Callable[[], None] = lambda: None) -> Doors:
    """What the application is told.

    Raises
    ------
    Refused
        Naming every setting that cannot be used.
    """
    faults: list[str] = []
    proxies = _networks("GATEWAY_TRUSTED_PROXIES", of.trusted_proxies, faults)
    scraped_from = _networks("GATEWAY_SCRAPED_FROM", of.scraped_from, faults)
    openid = _provider(of, faults)
    faults += _faults(of, now)
    if faults:
        raise Refused("The settings cannot be used.", faults)
    return Doors(
        origins=frozenset(of.origin.split()),
        threads=of.threads,
        wake=wake,
        guards=Guards(
            hosts=frozenset(of.hosts.lower().split()),
            trusted_proxies=proxies,
            most_at_once=of.most_at_once,
            body_within=of.body_seconds,
            rates=_rates(of),
        ),
        machines=Machines(
            worker_expected=of.expect_worker,
            scraped_from=scraped_from,
            scrape_secret=of.scrape_secret,
            security_contact=of.security_contact,
            security_expires=of.security_expires,
            security_policy=of.security_policy,
        ),
        traces_to=of.otel_endpoint,
        receipt_secret=of.receipt_secret,
        openid=openid,
    )


def _provider(of: WebSettings, faults: list[str]) -> OpenIdProvider | None:
    if of.oidc_issuer is None and of.oidc_client_id is None and of.oidc_client_secret is None:
        return None
    if of.oidc_issuer is None or of.oidc_client_id is None or of.oidc_client_secret is None:
        faults.append("GATEWAY_OIDC_ISSUER, _CLIENT_ID, _CLIENT_SECRET: each needs the others")
        return None
    if find_spec("authlib") is None:
        faults.append("GATEWAY_OIDC_ISSUER: needs the extra `oidc`: pip install referral-gateway[oidc]")
    client = OpenIdClient(
        issuer=of.oidc_issuer,
        client_id=of.oidc_client_id,
        client_secret=of.oidc_client_secret,
        redirect_uri=f"{(of.origin.split() or [''])[0]}/api/v1/openid/callback",
        strong=tuple(of.oidc_strong_acr.split()),
    )
    faults += client.faults()
    return OpenIdProvider(client)


def _rates(of: WebSettings) -> Rates:
    return Rates(
        address=of.rate_address,
        account=of.rate_account,
        sign_in=of.rate_sign_in,
        store=of.rate_store,
    )


def _faults(of: WebSettings, now: datetime) -> list[str]:
    faults = [
        f"GATEWAY_ORIGIN: {origin} is no address such as https://gateway.example.org"
        for origin in of.origin.split() or ["nothing"]
        if not _is_origin(origin)
    ]
    try:
        Counting(_rates(of))
    except Exception as error:  # noqa: BLE001  each driver of a store has faults of its own
        faults.append(f"GATEWAY_RATE_*: {error}")
    if (of.security_contact is None) != (of.security_expires is None):
        faults.append("GATEWAY_SECURITY_CONTACT, GATEWAY_SECURITY_EXPIRES: one needs the other")
    if of.security_expires is not None and of.security_expires <= now:
        faults.append("GATEWAY_SECURITY_EXPIRES: is past")
    return faults


def _is_origin(text: str) -> bool:
    parts = urlsplit(text)
    whole = f"{parts.scheme}://{parts.netloc}"
    return text == whole and parts.scheme in ("http", "https") and bool(parts.netloc)


def _networks(name: str, text: str, faults: list[str]) -> tuple[Network, ...]:
    try:
        return networks(text.split())
    except ValueError as error:
        faults.append(f"{name}: {error}")
        return ()
