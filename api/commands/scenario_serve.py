"""``gateway scenario serve``: a region's gateway, running on this machine alone; a way in for each role."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from api.commands.keys import write_keys
from api.design_system.spoken import spoken_code
from api.processes.demonstration import PATH, answer_demonstration
from api.processes.keeping import Wanted, keep_running
from api.processes.work import work
from api.refusals import Refused, print_lines
from api.serving import bound
from api.settings import Settings, open_store, opened_engine
from api.terminal import results, stages
from gateway.accounts.inviting import invite_again, reset_password
from gateway.accounts.tables import AccountRow, AccountStatus
from gateway.records.actor import Actor, Role
from gateway.schema import MIGRATIONS
from gateway.storage.sealing import Keyring
from gateway.storage.work import Work
from scenarios.demo_store import load_demonstration
from scenarios.region import read_region

HOST: Final = "127.0.0.1"
"""Nobody but whoever sits at this machine can come in."""

BY: Final = Actor(id="demonstration", role=Role.ADMINISTRATOR)

LOADED: Final = "loaded.json"
"""Written last: without it what lies in the folder is half of a demonstration, and is made anew."""


OURS: Final = ("gateway.db", "gateway.key", "messages", LOADED)
"""What the names of everything in such a folder begin with."""


class DemonstrationSettings(Settings):
    """What a demonstration is told here, whatever the environment says: it sends nothing to anybody."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What it is made with, and nothing else."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def run(name: str, *, seed: int, folder: Path, port: int, fresh: bool, quiet: bool) -> int:
    """Load the region if it is not there, print an address for each role, answer and work until told to stop.

    Parameters
    ----------
    folder
        Where it is kept between two starts.
    fresh
        Load it anew.
    """
    read_region(name)  # refused before anything is written
    refuse_foreign(folder)
    try:
        sockets = bound(HOST, port)
    except OSError as error:
        raise Refused(f"{HOST}:{port}: {error.strerror}. Another one: --port 8001") from error
    origin = f"http://{HOST}:{sockets[0].getsockname()[1]}"
    of, links = prepare(name, seed=seed, folder=folder, origin=origin, fresh=fresh, quiet=quiet)
    _tell(origin, links)
    given = (of, sockets)
    return keep_running({"worker": Wanted(work, (of,)), "web-1": Wanted(answer_demonstration, given)})


def prepare(
    name: str, *, seed: int, folder: Path, origin: str, fresh: bool, quiet: bool
) -> tuple[Settings, Mapping[Role, str]]:
    """The settings of a demonstration in a folder, loaded if it is not there; new addresses, by role.

    Addresses that were made before sign nobody in any more, and whoever is signed in is signed out.
    """
    of = _settings(folder.resolve(), origin)
    accounts = _loaded(of, folder, name, seed=seed, fresh=fresh, quiet=quiet)
    with open_store(of) as store:
        secrets = store.transact(
            lambda work: {role: _way_in(work, id) for role, id in sorted(accounts.items())}
        )
    return of, {role: f"{origin}{PATH}/{secret}" for role, secret in secrets.items()}


def _settings(folder: Path, origin: str) -> Settings:
    return DemonstrationSettings(
        database=f"sqlite:///{folder / 'gateway.db'}",
        key_file=folder / "gateway.key",
        messages=f"folder:{folder / 'messages'}",
        origin=origin,
        operator=BY.id,
        expect_worker=True,
    )


def _loaded(of: Settings, folder: Path, name: str, *, seed: int, fresh: bool, quiet: bool) -> dict[Role, str]:
    """The account of each role, from the folder, or loaded into it now."""
    kept, asked = folder / LOADED, {"region": name, "seed": seed}
    if kept.exists() and not fresh:
        stands = json.loads(kept.read_text(encoding="utf-8"))
        if {key: stands[key] for key in asked} == asked:
            with opened_engine(of) as engine:
                MIGRATIONS.upgrade(engine)
            return {Role(role): id for role, id in stands["accounts"].items()}
    _clear(folder)
    write_keys(of.key_file, Keyring.generate(), replace=False)
    with stages(2, quiet=quiet) as stage:
        stage.next("Making the tables")
        with opened_engine(of, may_create=True) as engine:
            MIGRATIONS.upgrade(engine)
        stage.next("Living through two years")
        with open_store(of) as store:
            made = load_demonstration(name, store, seed=seed, by=BY)
    accounts = {role.value: id for role, id in made.accounts.items()}
    kept.write_text(json.dumps({**asked, "accounts": accounts}), encoding="utf-8")
    return dict(made.accounts)


def refuse_foreign(folder: Path) -> None:
    """Raise `Refused` if something lies in a folder that no demonstration put there."""
    there = folder.iterdir() if folder.is_dir() else ()
    if foreign := [each.name for each in there if not each.name.startswith(OURS)]:
        raise Refused(f"{folder}: is no folder of a demonstration: {foreign[0]} lies in it")


def _clear(folder: Path) -> None:
    """An empty folder for its owner alone."""
    refuse_foreign(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)


def _tell(origin: str, links: Mapping[Role, str]) -> None:
    say = results()
    what = "to this machine alone. Everybody in it is invented."
    say.print(f"A region's gateway answers at {origin}, {what}", soft_wrap=True)
    say.print("Each address signs in once, as somebody of one role:", soft_wrap=True)
    print_lines([f"{spoken_code(role.value):14} {link}" for role, link in links.items()], say)
    say.print("Start it again for new ones. Ctrl-C stops it; what was done stays.", soft_wrap=True)


def _way_in(work: Work, account_id: str) -> str:
    """The secret of a new link for an account; older ones, its sessions and its password end."""
    account, at = work.get(AccountRow, account_id), work.clock()
    make = invite_again if account.status is AccountStatus.INVITED else reset_password
    return make(account_id, by=BY, at=at, work=work).secret
