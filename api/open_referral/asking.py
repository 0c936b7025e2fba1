"""What a list can be asked by. What the gateway cannot answer truly is refused, never passed over.

It keeps no opening hours (``day``, ``start_time``, ``end_time``) and knows the coordinates of no postcode
(``postcode``, ``proximity``); whoever sends these, or any other name, is told so and gets no list.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, TypeAlias, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.open_referral.terms import TRAITS, Taxonomy, all_terms
from api.open_referral.told import Listed
from gateway.directory.tables import Tier
from gateway.local_day import local_day
from gateway.monitoring.published_services import Wanted, codes_in_use
from gateway.storage.work import Work

T = TypeVar("T")

Search: TypeAlias = Annotated[
    str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$", strip_whitespace=True)
]
Age: TypeAlias = Annotated[int, Field(ge=0, le=120)]


class Paged(BaseModel):
    """Which page; nothing else is heard."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    page: int = Field(default=1, ge=1, le=1_000_000, description="Pages count from 1.")
    per_page: int = Field(default=50, ge=1, le=200)

    @property
    def first(self) -> int:
        """How many are passed over."""
        return (self.page - 1) * self.per_page

    def page_of(self, contents: Sequence[T], total: int) -> Listed[T]:
        """A page as it is told."""
        pages = -(-total // self.per_page)
        return Listed(
            total_items=total,
            total_pages=pages,
            page_number=self.page,
            size=len(contents),
            first_page=self.page == 1,
            last_page=self.page >= pages,
            empty=not contents,
            contents=contents,
        )


class Searched(Paged):
    """Part of a name, too."""

    search: Search = Field(default="", description="Part of a name, in large or small letters.")


class AskedTerms(Searched):
    """Terms of one taxonomy."""

    taxonomy_id: UUID | None = Field(default=None, description="Only terms of this taxonomy.")


class AskedServices(Searched):
    """Services, or their places."""

    taxonomy_term_id: UUID | None = Field(default=None, description="Only services with this term.")
    taxonomy_id: UUID | None = Field(default=None, description="Only services with a term of this taxonomy.")
    minimum_age: Age | None = Field(
        default=None, description="Only services that take somebody of this age or older."
    )
    maximum_age: Age | None = Field(
        default=None, description="Only services that take somebody of this age or younger."
    )

    def wanted(self, work: Work, wanted: Wanted) -> Wanted | None:
        """What is asked for, on top of ``wanted``; ``None``: by a term or a taxonomy that is not there."""
        wanted = replace(
            wanted, search=self.search or None, at_least=self.minimum_age, at_most=self.maximum_age
        )
        if self.taxonomy_term_id is not None:
            terms = all_terms(codes_in_use(work, on=local_day(work.clock())))
            term = next((each for each in terms if each.uuid == self.taxonomy_term_id), None)
            if term is None:
                return None
            if term.taxonomy is Taxonomy.TIER:
                wanted = replace(wanted, tier=Tier(term.code))
            else:
                wanted = replace(wanted, code=(TRAITS[term.taxonomy], term.code))
        if self.taxonomy_id is not None:
            taxonomy = next((each for each in Taxonomy if each.uuid == self.taxonomy_id), None)
            if taxonomy is None:
                return None
            # Every service has a tier, so that taxonomy leaves nothing out.
            wanted = replace(wanted, trait=TRAITS.get(taxonomy))
        return wanted
