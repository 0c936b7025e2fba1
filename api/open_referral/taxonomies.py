"""Taxonomies and their terms: they change with a release, or when a service brings a word of its own."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api.open_referral.answering import answered
from api.open_referral.asking import AskedTerms, Searched
from api.open_referral.declaring import LIST, ONE
from api.open_referral.shaping import taxonomy_told, term_told
from api.open_referral.terms import Taxonomy, Term, all_terms
from api.open_referral.told import Listed, TaxonomyListed, TaxonomyTerm, TaxonomyWhole
from gateway.local_day import local_day
from gateway.monitoring.published_services import codes_in_use
from gateway.refusals import NotFound
from gateway.storage.store import Store

router = APIRouter(tags=["taxonomies"])


@router.get("/taxonomies", summary="Taxonomies", response_model=Listed[TaxonomyListed], responses=LIST)
def list_taxonomies(request: Request, asked: Annotated[Searched, Query()]) -> Response:
    """By what services are told apart."""
    told = [taxonomy_told(each) for each in Taxonomy]
    found = [each for each in told if asked.search.casefold() in each.name.casefold()]
    page = found[asked.first : asked.first + asked.per_page]
    return answered(request, asked.page_of(page, len(found)), changed_at=None)


@router.get("/taxonomies/{id}", summary="One taxonomy", response_model=TaxonomyWhole, responses=ONE)
def read_taxonomy(request: Request, id: UUID) -> Response:
    """A taxonomy with all its terms."""
    taxonomy = next((each for each in Taxonomy if each.uuid == id), None)
    if taxonomy is None:
        raise NotFound("taxonomy", str(id))
    terms = [term_told(each) for each in _terms(request) if each.taxonomy is taxonomy]
    told = TaxonomyWhole(**dict(taxonomy_told(taxonomy)), taxonomy_terms=terms)
    return answered(request, told, changed_at=None)


@router.get("/taxonomy_terms", summary="Terms", response_model=Listed[TaxonomyTerm], responses=LIST)
def list_terms(request: Request, asked: Annotated[AskedTerms, Query()]) -> Response:
    """The terms of all taxonomies, or of one."""
    found = [
        each
        for each in _terms(request)
        if asked.taxonomy_id in (None, each.taxonomy.uuid) and asked.search.casefold() in each.name.casefold()
    ]
    page = [term_told(each) for each in found[asked.first : asked.first + asked.per_page]]
    return answered(request, asked.page_of(page, len(found)), changed_at=None)


@router.get("/taxonomy_terms/{id}", summary="One term", response_model=TaxonomyTerm, responses=ONE)
def read_term(request: Request, id: UUID) -> Response:
    """A term."""
    term = next((each for each in _terms(request) if each.uuid == id), None)
    if term is None:
        raise NotFound("taxonomy term", str(id))
    return answered(request, term_told(term), changed_at=None)


def _terms(request: Request) -> tuple[Term, ...]:
    store: Store = request.app.state.store
    with store.reading() as work:
        return all_terms(codes_in_use(work, on=local_day(store.clock())))
