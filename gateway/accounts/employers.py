"""Whom people may work for: agencies, providers and authorities by name, to choose from."""

from collections.abc import Mapping

from sqlalchemy import select

from gateway.directory.tables import ProviderRow
from gateway.referrals.tables import AgencyRow
from gateway.storage.work import Work


def agencies_named(work: Work) -> Mapping[str, str]:
    """The name of every agency by id, in the order of names."""
    return _named(work, AgencyRow)


def providers_named(work: Work) -> Mapping[str, str]:
    """The name of every provider by id, in the order of names."""
    return _named(work, ProviderRow)


def _named(work: Work, kind: type[AgencyRow | ProviderRow]) -> Mapping[str, str]:
    query = select(kind.id, kind.name).order_by(kind.name, kind.id)
    return {id: name for id, name in work.session.execute(query).all()}  # noqa: C416  mypy takes no dict of such rows
