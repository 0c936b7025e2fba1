"""``gateway database``: bringing a database up to this release, and telling where it stands."""

from api.refusals import PLAN_FAILS
from api.settings import opened_engine, settings
from api.terminal import results
from gateway.schema import MIGRATIONS


def run_upgrade(*, quiet: bool) -> int:
    """Make the database, or bring it up to this release."""
    with opened_engine(settings(), may_create=True) as engine:
        before = MIGRATIONS.stands_at(engine)
        MIGRATIONS.upgrade(engine)
        after = MIGRATIONS.stands_at(engine)
    told = f"stands at revision {after}, as before" if before == after else f"went from {before} to {after}"
    results(quiet=quiet).print(f"The database {told}.")
    return 0


def run_status(*, quiet: bool) -> int:
    """Tell where the database stands; exit status 1 if this release needs another revision."""
    with opened_engine(settings()) as engine:
        stands, newest = MIGRATIONS.stands_at(engine), MIGRATIONS.newest()
        differs = MIGRATIONS.differences(engine) if stands == newest else []
    results(quiet=quiet).print(f"The database stands at revision {stands}; this release needs {newest}.")
    for each in differs:
        results().print(f"Not as this release made it: {each}", soft_wrap=True)
    return 0 if stands == newest and not differs else PLAN_FAILS
