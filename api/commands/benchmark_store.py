"""``gateway benchmark store``: how fast a large invented store answers on SQLite and on PostgreSQL."""

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import NullPool

from api.refusals import Refused
from api.terminal import results, stages
from scenarios.store_benchmark import STAGES, main


def run(*, referrals: int, database: str | None, quiet: bool) -> int:
    """Fill, measure and print; returns the exit status.

    Raises
    ------
    Refused
        If ``database`` is no PostgreSQL database that answers.
    """
    if database is not None:
        _refuse_unless_it_answers(database)
    with stages(STAGES * (1 if database is None else 2), quiet=quiet) as stage:
        return main(referrals, database, results(quiet=quiet), stage.next)


def _refuse_unless_it_answers(database: str) -> None:
    try:
        url = make_url(database)
    except ArgumentError:
        raise Refused("--database: is no address such as postgresql://USER@HOST/NAME") from None
    if url.get_backend_name() != "postgresql":
        raise Refused("--database: must be a PostgreSQL database; SQLite is measured anyway")
    engine = create_engine(url.set(drivername="postgresql+psycopg"), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except OperationalError as error:
        raise Refused(f"--database: does not answer: {str(error.orig).strip()}") from error
