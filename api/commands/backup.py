"""``gateway backup``: the whole database in one file, while others go on writing."""

from pathlib import Path

from api.design_system.spoken import counted
from api.output_files import refuse_unwritable
from api.settings import now, opened_engine, refuse_other_revision, settings
from api.terminal import results
from gateway.schema import MIGRATIONS
from gateway.storage.backup import backup


def run(file: Path, *, quiet: bool) -> int:
    """Write the backup; needs no key."""
    refuse_unwritable(file)
    with opened_engine(settings()) as engine:
        refuse_other_revision(engine)
        written = backup(engine, MIGRATIONS, file, made_at=now())
    say = results(quiet=quiet)
    say.print(f"{counted(written.rows, 'row')} in {file}, sealed as they were.", soft_wrap=True)
    say.print(f"Digest: {written.digest}", soft_wrap=True)
    return 0
