"""``gateway keys``: making keys, and sealing everything anew under a new one."""

from pathlib import Path

from api.design_system.spoken import counted
from api.output_files import refuse_unwritable
from api.refusals import PLAN_FAILS, Refused, print_lines
from api.settings import Settings, open_store, settings
from api.terminal import results
from gateway.records.write import write
from gateway.storage.resealing import reseal, under_older_keys
from gateway.storage.rows import Row
from gateway.storage.sealing import Keyring
from gateway.storage.whole_file import whole_file


def run_new(file: Path, *, quiet: bool) -> int:
    """Write a file of new keys that only its owner may read; an older file stays."""
    refuse_unwritable(file)
    write_keys(file, Keyring.generate(), replace=False)
    say = results(quiet=quiet)
    say.print(f"New keys are in {file}. Keep a copy elsewhere: without it nothing sealed can be read.")
    return 0


def run_rotate(*, add_only: bool, drop_old: bool, quiet: bool) -> int:
    """Add a new key and seal everything anew; or, once that is done, drop the older ones."""
    of, say = settings(), results(quiet=quiet)
    ring = of.keyring()
    if drop_old:
        return _drop_old(of, ring, quiet=quiet)
    if len(ring.sealing) == 1:
        if of.keys is not None:
            raise Refused(
                "GATEWAY_KEYS: put a new key before the others (`gateway keys new`), and rotate again"
            )
        write_keys(of.key_file, ring.with_new_key(), replace=True)
        say.print(f"A new key stands first in {of.key_file}.", soft_wrap=True)
    if add_only:
        say.print("Restart whatever uses the keys, and then run `gateway keys rotate`.")
        return 0
    with open_store(of) as store:
        done = reseal(store, Row.metadata)
        at, by = store.clock(), of.actor()
        store.transact(lambda work: write(work, what="keys rotated", by=by, at=at))
    say.print(f"{counted(done, 'row')} sealed anew. `gateway keys rotate --drop-old` ends the rotation.")
    return 0


def _drop_old(of: Settings, ring: Keyring, *, quiet: bool) -> int:
    say = results(quiet=quiet)
    with open_store(of) as store:
        left = under_older_keys(store, Row.metadata)
    if left:
        results().print("Rows that only an older key opens (`gateway keys rotate` seals them anew):")
        print_lines([f"{name}: {count:,}" for name, count in left.items()], results())
        return PLAN_FAILS
    if of.keys is not None:
        say.print("Nothing needs an older key: leave only the first in GATEWAY_KEYS.")
        return 0
    write_keys(of.key_file, ring.newest(), replace=True)
    say.print(f"Only the newest key is left in {of.key_file}. Backups made before need the older ones.")
    return 0


def write_keys(file: Path, ring: Keyring, *, replace: bool) -> None:
    """Write a key file, whole or not at all, that only its owner may read."""
    with whole_file(file, replace=replace) as out:
        out.write(ring.text().encode())
