"""``gateway subject-access``: everything that is kept about somebody, in a folder."""

import shutil
import tempfile
from pathlib import Path

from api.design_system.spoken import counted
from api.output_files import write_text
from api.refusals import Refused, print_lines
from api.settings import open_store, settings
from api.terminal import results
from gateway.records.disclosure_files import files
from gateway.records.subject_access import disclose


def run(person: str, *, out: Path, with_third_parties: bool, quiet: bool) -> int:
    """Write the folder, whole or not at all, and record that it was given out."""
    if out.exists():
        raise Refused(f"{out}: is there already, and is not overwritten")
    if not out.parent.is_dir():
        raise Refused(f"{out}: its folder does not exist")
    by = settings().actor()
    with open_store() as store:
        at = store.clock()
        disclosure = store.transact(
            lambda work: disclose(person, by=by, at=at, work=work, with_third_parties=with_third_parties)
        )
    named = files(disclosure)
    write_folder(out, named)
    say = results(quiet=quiet)
    say.print(f"{counted(len(named), 'file')} about {', '.join(disclosure.people)} in {out}.", soft_wrap=True)
    if disclosure.withheld:
        say.print("Withheld because it tells of somebody else:")
        print_lines([f"{where}: {count}" for where, count in sorted(disclosure.withheld.items())], say)
    say.print("Somebody has to read the free text before it is handed over: read-me.txt names it.")
    return 0


def write_folder(out: Path, named: dict[str, str]) -> None:
    """Write files into a new folder that only its owner may open, whole or not at all."""
    part = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    try:
        for name, text in named.items():
            write_text(part / name, text)
        part.rename(out)
    except OSError:
        shutil.rmtree(part, ignore_errors=True)
        raise
