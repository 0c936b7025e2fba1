"""Pages for anybody, signed in or not."""

from typing import Annotated

from fastapi import APIRouter, Response

from api.pages.about.views import how_view
from api.pages.page_porch import ANYBODY, PagePorch
from api.rest.door import PUBLIC
from gateway.assessment.scheme import shipped_scheme
from gateway.assessment.scheme_documents import NoSchemeInForce, scheme_in_force

router = APIRouter(include_in_schema=False)

Porch = Annotated[PagePorch, ANYBODY]


@router.get("/how-allocation-works", openapi_extra=PUBLIC)
def how(porch: Porch) -> Response:
    """How places are proposed and decided, and how to contest it. Public: it is about the public."""
    with porch.store.reading() as work:
        try:
            scheme = scheme_in_force(work, porch.at)
        except NoSchemeInForce:
            scheme = shipped_scheme("new-directions-team")
    return porch.show("about/how.html", title="How allocation works", view=how_view(scheme))


@router.get("/privacy", openapi_extra=PUBLIC)
def privacy(porch: Porch) -> Response:
    """What is kept about people, why, for how long, and what they can ask for. Public: as above."""
    return porch.show("about/privacy.html", title="Privacy")


@router.get("/accessibility", openapi_extra=PUBLIC)
def accessibility(porch: Porch) -> Response:
    """How accessible the pages are, and what to do where they are not. Public: as above."""
    return porch.show("about/accessibility.html", title="Accessibility statement")
