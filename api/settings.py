"""Every setting of the gateway, once: read from the environment, each as ``GATEWAY_`` and its name.

What opens a database is here too, so that every door refuses the same things with the same words.
"""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr, ValidationError
from sqlalchemy import Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from api.background_settings import BackgroundSettings
from api.ids import new_id
from api.refusals import Refused
from api.web_settings import WebSettings
from gateway.records.actor import Actor, Role
from gateway.records.retention_rules import RetentionRules
from gateway.schema import MIGRATIONS
from gateway.storage.sealing import Keyring
from gateway.storage.store import Store, open_engine


class Settings(WebSettings, BackgroundSettings):
    """What is set by ``GATEWAY_DATABASE`` and the like.

    database
        ``sqlite:///FILE`` or ``postgresql://USER:PASSWORD@HOST/NAME``.
    key_file
        The file that ``gateway keys new`` wrote.
    keys
        The lines of such a file, with blanks between, instead of a file.
    retention_*_years
        See docs/retention.md.
    operator
        Who is named in the events of commands; the account of the computer if not set.
    """

    database: str = "sqlite:///gateway.db"
    key_file: Path = Path("gateway.key")
    keys: SecretStr | None = None
    retention_placed_years: int = 6
    retention_unplaced_years: int = 2
    retention_never_referred_years: int = 1
    operator: str | None = None

    def url(self) -> URL:
        """Where the database is.

        Raises
        ------
        Refused
            If that cannot be read, or is neither SQLite nor PostgreSQL.
        """
        try:
            url = make_url(self.database)
        except ArgumentError:
            raise Refused(
                "GATEWAY_DATABASE: is no address of a database such as sqlite:///gateway.db"
            ) from None
        if url.drivername in ("postgresql", "postgres"):
            return url.set(drivername="postgresql+psycopg")
        if url.drivername not in ("sqlite", "postgresql+psycopg"):
            raise Refused(f"GATEWAY_DATABASE: is {url.drivername}, must be sqlite or postgresql")
        return url

    def sqlite_file(self) -> Path | None:
        """The file of an SQLite database; ``None``: it is another kind."""
        url = self.url()
        return Path(url.database) if url.drivername == "sqlite" and url.database else None

    def keyring(self) -> Keyring:
        """The keys.

        Raises
        ------
        Refused
            If there are none, or they are malformed.
        """
        if self.keys is not None:
            return _parsed("GATEWAY_KEYS", "\n".join(self.keys.get_secret_value().split()))
        if not self.key_file.exists():
            raise Refused(
                f"{self.key_file}: there is no key. Make one with `gateway keys new`, or set GATEWAY_KEY_FILE"
            )
        return _parsed(str(self.key_file), self.key_file.read_text(encoding="utf-8"))

    def retention_rules(self) -> RetentionRules:
        """How long what is kept."""
        return RetentionRules(
            placed_years=self.retention_placed_years,
            unplaced_years=self.retention_unplaced_years,
            never_referred_years=self.retention_never_referred_years,
        )

    def actor(self) -> Actor:
        """Who runs a command."""
        return Actor(id=self.operator or getpass.getuser(), role=Role.ADMINISTRATOR)


def _parsed(where: str, text: str) -> Keyring:
    try:
        return Keyring.parse(text)
    except ValueError as error:
        raise Refused(f"{where}: {error}") from None


def settings() -> Settings:
    """The settings of this process.

    Raises
    ------
    Refused
        Naming every setting that is wrong.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = [f"GATEWAY_{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors()]
        raise Refused("The settings cannot be used.", faults) from None


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


@contextmanager
def opened_engine(of: Settings, *, may_create: bool = False) -> Iterator[Engine]:
    """The database without any key, for what stays sealed.

    Raises
    ------
    Refused
        If it is not there, or does not answer.
    """
    file = of.sqlite_file()
    if file is not None and not file.exists() and not may_create:
        raise Refused(f"{file}: there is no database. Make one with `gateway database upgrade`")
    if file is not None and not file.parent.is_dir():
        raise Refused(f"{file}: its folder does not exist")
    if file is not None:
        file.touch(mode=0o600)
    engine = open_engine(of.url().render_as_string(hide_password=False))
    try:
        yield engine
    except OperationalError as error:
        if error.connection_invalidated or error.statement is None:
            raise Refused(f"The database does not answer: {str(error.orig).strip()}") from error
        raise
    finally:
        engine.dispose()


@contextmanager
def open_store(of: Settings | None = None, *, pool_size: int = 5) -> Iterator[Store]:
    """The store that the settings name, with the real clock and random ids.

    Raises
    ------
    Refused
        If there is no key or no database, or it stands at another revision than this release.
    """
    of = of or settings()
    keys = of.keyring()
    with opened_engine(of) as engine:
        refuse_other_revision(engine)
    store = Store(
        of.url().render_as_string(hide_password=False),
        keys=keys,
        clock=now,
        new_id=new_id,
        pool_size=pool_size,
    )
    try:
        yield store
    finally:
        store.close()


def refuse_other_revision(engine: Engine) -> None:
    """Refuse a database that is not as this release needs it, and say what to do.

    Raises
    ------
    Refused
        If it stands at another revision.
    """
    stands, newest = MIGRATIONS.stands_at(engine), MIGRATIONS.newest()
    if stands == newest:
        return
    if stands is not None and stands not in MIGRATIONS.known():
        raise Refused(
            f"The database stands at revision {stands}, which this release does not know",
            ["A newer release upgraded it: use that one, or restore a backup made before."],
        )
    where = f"stands at revision {stands}" if stands else "is empty"
    raise Refused(
        f"The database {where}, and this release needs {newest}",
        ["Copy it, stop what uses it, and run `gateway database upgrade`."],
    )
