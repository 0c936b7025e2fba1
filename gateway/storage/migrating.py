"""Bringing a database up to the tables of this release, and back."""

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData

FOLDER = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Migrations:
    """The steps from an empty database to ``metadata``, each of which can be undone."""

    metadata: MetaData

    def upgrade(self, engine: Engine, to: str = "head") -> None:
        """Bring the database up to a revision, the newest unless told otherwise."""
        with engine.begin() as connection:
            command.upgrade(self._config(connection), to)

    def upgrade_within(self, connection: Connection) -> None:
        """Bring the database up to the newest revision inside a transaction that the caller ends."""
        command.upgrade(self._config(connection), "head")

    def downgrade(self, engine: Engine, to: str) -> None:
        """Take the database back to a revision (``base``: empty)."""
        with engine.begin() as connection:
            command.downgrade(self._config(connection), to)

    def differences(self, engine: Engine) -> list[object]:
        """What still differs between the database and this release's tables; nothing after `upgrade`."""
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            return list(compare_metadata(context, self.metadata))

    def stands_at(self, engine: Engine) -> str | None:
        """The revision the database stands at; ``None``: it is empty."""
        with engine.connect() as connection:
            return self.stands_within(connection)

    def stands_within(self, connection: Connection) -> str | None:
        """As `stands_at`, over a connection that is open already."""
        return MigrationContext.configure(connection).get_current_revision()

    def newest(self) -> str | None:
        """The newest revision this release knows."""
        return ScriptDirectory(str(FOLDER)).get_current_head()

    def known(self) -> frozenset[str]:
        """Every revision this release knows."""
        return frozenset(each.revision for each in ScriptDirectory(str(FOLDER)).walk_revisions())

    def draft(self, engine: Engine, message: str) -> None:
        """Write the migration that leads from the database to these tables, for a person to finish."""
        with engine.begin() as connection:
            command.revision(self._config(connection), message, autogenerate=True)

    def _config(self, connection: Connection) -> Config:
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.attributes.update(connection=connection, metadata=self.metadata)
        return config
