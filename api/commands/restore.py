"""``gateway restore``: an empty database filled from a backup, all of it or nothing."""

from pathlib import Path

from api.design_system.spoken import counted
from api.refusals import Refused
from api.settings import opened_engine, settings
from api.terminal import results
from gateway.schema import MIGRATIONS
from gateway.storage.backup import restore


def run(file: Path, *, quiet: bool) -> int:
    """Fill the database that the settings name; needs no key, but reading it will."""
    if not file.is_file():
        raise Refused(f"{file}: there is no such file")
    of = settings()
    target = of.sqlite_file()
    made = target is not None and not target.exists()
    try:
        with opened_engine(of, may_create=True) as engine:
            written = restore(engine, MIGRATIONS, file)
    except BaseException:
        if made and target is not None:
            for each in target.parent.glob(f"{target.name}*"):
                each.unlink()
        raise
    results(quiet=quiet).print(f"{counted(written.rows, 'row')} restored.")
    return 0
