"""Open data as an application of its own: its own description, open to every page, nothing to sign in to."""

from importlib.metadata import version
from typing import Final

from fastapi import FastAPI, Request, Response
from starlette.middleware.cors import CORSMiddleware

from api.open_referral import services, taxonomies
from api.open_referral.answering import answered
from api.open_referral.declaring import ALWAYS
from api.open_referral.told import ApiDetails
from api.problems import answer_problems
from gateway.storage.store import Store

VERSION: Final = "HSDS-UK-3.0"
PROFILE: Final = "https://docs.openreferraluk.org/"

DESCRIPTION: Final = """
Housing support services and their vacancies as Open Referral UK 3.0 has them, for anybody and without a key.

**Where a confidential service is, is told nowhere here**, nor how many of its places are empty; of a service
with fewer than five units no numbers are told. `capacities` are those of HSDS 3.1.

Lists can be asked by what is described, and by nothing else: the gateway keeps no opening hours (`day`,
`start_time`, `end_time`) and no coordinates of postcodes (`postcode`, `proximity`), so these are refused
(422) and not passed over.
"""


def make_open_data(store: Store | None) -> FastAPI:
    """The application over one store, which whoever makes it closes; ``None``: only routes are looked at."""
    app = FastAPI(
        title="Open Referral UK",
        version=version("referral-gateway"),
        description=DESCRIPTION,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # It would tell of paths, and the texts of exceptions.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.store = store
    answer_problems(app)
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET"], allow_headers=["*"])
    app.add_api_route(
        "/", details, response_model=ApiDetails, responses=ALWAYS, summary="What this is", tags=["about"]
    )
    app.include_router(services.router)
    app.include_router(taxonomies.router)
    return app


def details(request: Request) -> Response:
    """The version of the standard, and where this application is described."""
    described = request.url.replace(path=f"{request.scope['root_path']}/openapi.json", query="")
    told = ApiDetails(version=VERSION, profile=PROFILE, openapi_url=str(described))
    return answered(request, told, changed_at=None)
