"""What machines ask: does the process live, can it work, what are its figures, whom to tell of a weakness."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import SecretStr
from starlette.responses import Response

from api.guards.machine_paths import ALIVE, METRICS, READY, SECURITY_TXT
from api.guards.proxies import Network, networks, within
from api.problems import problem
from api.rest.door import PUBLIC
from api.watching.meters import MEDIA_TYPE
from api.watching.readiness import AHEAD, FINE, readiness

LOOPBACK: Final = networks(["127.0.0.0/8", "::1"])

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machines:
    """What these routes are told.

    worker_expected
        Whether a worker must live for this process to be ready.
    scraped_from, scrape_secret
        From where figures may be asked, or with which bearer token.
    security_contact, security_expires
        Whom to tell of a weakness (``mailto:…`` or ``https://…``), and until when that holds; neither: no
        such file.
    security_policy
        Where it stands how reports are dealt with.
    """

    worker_expected: bool = False
    scraped_from: tuple[Network, ...] = LOOPBACK
    scrape_secret: SecretStr | None = None
    security_contact: str | None = None
    security_expires: datetime | None = None
    security_policy: str | None = None


# Nobody who asks these can sign in: what they tell is no secret, or they ask for a secret of their own.


@router.get(ALIVE, openapi_extra=PUBLIC)
async def alive() -> Response:
    """The process answers; nothing else is looked at, so that a slow database restarts nothing."""
    return JSONResponse({"process": FINE})


@router.get(READY, openapi_extra=PUBLIC)
def ready(request: Request) -> Response:
    """Whether requests should be sent here, and which part is in the way."""
    state = request.app.state
    parts = readiness(state.store, worker_expected=state.machines.worker_expected)
    return JSONResponse(dict(parts), status_code=200 if set(parts.values()) <= {FINE, AHEAD} else 503)


@router.get(METRICS, openapi_extra=PUBLIC)
def figures(request: Request) -> Response:
    """Figures, for Prometheus alone: for whoever asks from where it stands, or shows its secret."""
    state = request.app.state
    if not _may_scrape(request, state.machines):
        return problem(403, "Figures are told from here to nobody.", type_="/problems/not-allowed")
    return Response(state.meters.text(), media_type=MEDIA_TYPE)


def _may_scrape(request: Request, machines: Machines) -> bool:
    if machines.scrape_secret is not None:
        wanted = f"Bearer {machines.scrape_secret.get_secret_value()}"
        if hmac.compare_digest(request.headers.get("Authorization", "").encode(), wanted.encode()):
            return True
    # What a proxy passes on comes from its address: whoever is behind it has no part in that.
    address = request.client.host if request.client else None
    return request.state.direct and within(address, machines.scraped_from)


@router.get(SECURITY_TXT, openapi_extra=PUBLIC)
def security_txt(request: Request) -> Response:
    """Whom to tell of a weakness (RFC 9116)."""
    machines: Machines = request.app.state.machines
    if machines.security_contact is None or machines.security_expires is None:
        return problem(404, "There is no such file.", type_="/problems/not-found")
    expires = machines.security_expires.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = [f"Contact: {machines.security_contact}", f"Expires: {expires}", "Preferred-Languages: en"]
    lines += [f"Canonical: {origin}{SECURITY_TXT}" for origin in sorted(request.app.state.origins)]
    lines += [f"Policy: {machines.security_policy}"] if machines.security_policy else []
    return PlainTextResponse("\n".join(lines) + "\n")
