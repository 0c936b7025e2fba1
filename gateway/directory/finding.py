"""Services looked for by their names, for whoever is to choose some of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from gateway.directory.tables import ProviderRow, ServiceRow, Tier
from gateway.people.clusters import these
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceThere:
    """One service, and who runs it."""

    id: str
    name: str
    provider: str
    tier: Tier


def services_found(
    work: Work, words: str, *, chosen: Collection[str], most: int, direct_access: bool = True
) -> Sequence[ServiceThere]:
    """Services in whose name or provider's name all these words stand, in the order of providers and names.

    Those chosen come first, whatever is looked for; one more than ``most`` others says that there are more.

    Parameters
    ----------
    direct_access
        Whether to look among those too into which anybody may walk.
    """
    query = select(ServiceRow.id, ServiceRow.name, ServiceRow.tier)
    query = query.add_columns(ProviderRow.name.label("provider")).join(
        ProviderRow, ProviderRow.id == ServiceRow.provider_id
    )
    order = (ProviderRow.name, ServiceRow.name, ServiceRow.id)
    kept = query.where(ServiceRow.id.in_(these(work, chosen))).order_by(*order)
    for word in words.split()[:5]:
        either = ServiceRow.name.icontains(word, autoescape=True) | ProviderRow.name.icontains(
            word, autoescape=True
        )
        query = query.where(either)
    if not direct_access:
        query = query.where(ServiceRow.direct_access.is_(False))
    others = query.where(ServiceRow.id.not_in(these(work, chosen))).order_by(*order).limit(most + 1)
    rows = [*work.session.execute(kept).mappings(), *work.session.execute(others).mappings()]
    return [ServiceThere(**row) for row in rows]
