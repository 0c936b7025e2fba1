"""The commands about what is stored; as in `api.command_line`, what they do is in `api.commands`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer


def _group(words: str) -> typer.Typer:
    return typer.Typer(help=words, no_args_is_help=True, rich_markup_mode=None)


audit = _group("The chain of events: sealing it, and checking it.")
retention = _group("Erasing what has been kept about people long enough.")
keys = _group("The keys under which everything about people is sealed.")
database = _group("The database that GATEWAY_DATABASE names.")
user = _group("Who may sign in: the first accounts, and the way back in.")

Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but what is wrong.")]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], metavar="DATE", help="The day; today if not given."),
]
Who = Annotated[str, typer.Argument(metavar="ACCOUNT", help="An account's id, or its email address.")]
Reason = Annotated[str, typer.Option("--reason", prompt=True, help="Why; it is kept sealed.")]


def add_to(app: typer.Typer) -> None:
    """Give the command line these commands."""
    app.add_typer(audit, name="audit")
    app.add_typer(retention, name="retention")
    app.add_typer(keys, name="keys")
    app.add_typer(database, name="database")
    app.add_typer(user, name="user")
    app.command("check")(check)
    app.command("backup")(backup)
    app.command("restore")(restore)
    app.command("subject-access")(subject_access)
    app.command("roles")(roles)


def roles(
    *, as_csv: Annotated[bool, typer.Option("--csv", help="As comma-separated values.")] = False
) -> None:
    """Print every door and which roles may come in."""
    from api.commands import roles as command  # noqa: PLC0415  opened only when it runs

    raise typer.Exit(command.run(as_csv=as_csv))


@audit.command("seal")
def audit_seal(*, quiet: Quiet = False) -> None:
    """Append every event that is not yet in the chain."""
    from api.commands import audit as command  # noqa: PLC0415  opened only when it runs

    raise typer.Exit(command.run_seal(quiet=quiet))


@audit.command("verify")
def audit_verify(
    *,
    expect_head: Annotated[
        str | None,
        typer.Option("--expect-head", metavar="DIGEST", help="A head printed earlier, and kept elsewhere."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Find every event that was changed, removed or put elsewhere since it was sealed, and name it."""
    from api.commands import audit as command  # noqa: PLC0415  as above

    raise typer.Exit(command.run_verify(expect_head=expect_head, quiet=quiet))


def check(*, quiet: Quiet = False) -> None:
    """Check that what is stored is as it must be."""
    from api.commands import check_store as command  # noqa: PLC0415  as above

    raise typer.Exit(command.run(quiet=quiet))


@retention.command("preview")
def retention_preview(*, as_of: AsOf = None, quiet: Quiet = False) -> None:
    """Tell who would be erased on a day, and who is kept; nothing is written."""
    from api.commands import retention as command  # noqa: PLC0415  as above

    raise typer.Exit(command.run_preview(as_of=as_of.date() if as_of else None, quiet=quiet))


@retention.command("apply")
def retention_apply(*, as_of: AsOf = None, quiet: Quiet = False) -> None:
    """Erase whoever is due; what must be counted stays and leads to nobody."""
    from api.commands import retention as command  # noqa: PLC0415  as above

    raise typer.Exit(command.run_apply(as_of=as_of.date() if as_of else None, quiet=quiet))


@retention.command("hold")
def retention_hold(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="A person's id.")],
    *,
    reason: Reason,
    quiet: Quiet = False,
) -> None:
    """Keep everything of somebody until the hold is lifted."""
    from api.commands import retention as command  # noqa: PLC0415  as above

    raise typer.Exit(command.run_hold(person, reason=reason, quiet=quiet))


@retention.command("lift")
def retention_lift(
    hold: Annotated[str, typer.Argument(metavar="HOLD", help="The id of a legal hold.")],
    *,
    reason: Reason,
    quiet: Quiet = False,
) -> None:
    """Lift a legal hold."""
    from api.commands import retention as command  # noqa: PLC0415  as above

    raise typer.Exit(command.run_lift(hold, reason=reason, quiet=quiet))


def subject_access(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="A person's id.")],
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="A folder that is made.")],
    with_third_parties: Annotated[
        bool, typer.Option("--with-third-parties", help="For whoever decides what of it may be given.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Write everything kept about somebody, as JSON and CSV."""
    from api.commands import subject_access as command  # noqa: PLC0415  as above

    raise typer.Exit(command.run(person, out=out, with_third_parties=with_third_parties, quiet=quiet))


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the backup goes.")],
    *,
    quiet: Quiet = False,
) -> None:
    """Write the whole database to a file, sealed as it is."""
    from api.commands import backup as command  # noqa: PLC0415  as above

    raise typer.Exit(command.run(file, quiet=quiet))


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")], *, quiet: Quiet = False
) -> None:
    """Fill an empty database from a backup, all or nothing."""
    from api.commands import restore as command  # noqa: PLC0415  as above

    raise typer.Exit(command.run(file, quiet=quiet))


@keys.command("new")
def keys_new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the keys go.")], *, quiet: Quiet = False
) -> None:
    """Write a file of new keys."""
    from api.commands import keys as command  # noqa: PLC0415  as above

    raise typer.Exit(command.run_new(file, quiet=quiet))


@keys.command("rotate")
def keys_rotate(
    *,
    add_only: Annotated[
        bool, typer.Option("--add-only", help="Only add a new key, for servers to be restarted with it.")
    ] = False,
    drop_old: Annotated[
        bool, typer.Option("--drop-old", help="Drop the older keys, once nothing needs them.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Add a new key and seal everything anew under it."""
    from api.commands import keys as command  # noqa: PLC0415  as above

    raise typer.Exit(command.run_rotate(add_only=add_only, drop_old=drop_old, quiet=quiet))


@database.command("upgrade")
def database_upgrade(*, quiet: Quiet = False) -> None:
    """Make the database, or bring it up to this release."""
    from api.commands import database as command  # noqa: PLC0415  as above

    raise typer.Exit(command.run_upgrade(quiet=quiet))


@database.command("status")
def database_status(*, quiet: Quiet = False) -> None:
    """Tell where the database stands, and whether this release can use it."""
    from api.commands import database as command  # noqa: PLC0415  as above

    raise typer.Exit(command.run_status(quiet=quiet))


@user.command("add")
def user_add(
    *,
    name: Annotated[str, typer.Option("--name", help="What somebody is called.")],
    email: Annotated[str, typer.Option("--email", help="The address with which they sign in.")],
    role: Annotated[
        str,
        typer.Option(
            "--role",
            help="referrer, officer, duty_manager, provider, commissioner, auditor or administrator.",
        ),
    ],
    agency: Annotated[str | None, typer.Option("--agency", metavar="ID", help="Of a referrer.")] = None,
    provider: Annotated[str | None, typer.Option("--provider", metavar="ID", help="Of a provider.")] = None,
    authority: Annotated[
        str | None, typer.Option("--authority", metavar="GSS", help="Of a commissioner.")
    ] = None,
) -> None:
    """Invite somebody, and print once the secret with which they set their password."""
    from api.commands import user as command  # noqa: PLC0415  as above

    raise typer.Exit(command.run_add(name, email, command.post(role, agency, provider, authority)))


@user.command("list")
def user_list() -> None:
    """Print every account: who has it, in which role, and whether it may be used."""
    from api.commands import user as command  # noqa: PLC0415  as above

    raise typer.Exit(command.run_list())


@user.command("suspend")
def user_suspend(who: Who, *, reason: Reason, quiet: Quiet = False) -> None:
    """Let nobody use an account for now; its sessions, tokens and links end."""
    from api.commands import user as command  # noqa: PLC0415  as above

    raise typer.Exit(command.run_suspend(who, reason=reason, quiet=quiet))


@user.command("reset")
def user_reset(
    who: Who,
    *,
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="Take the second factor away as well.")
    ] = False,
) -> None:
    """End somebody's password, and print once the secret with which they set a new one."""
    from api.commands import user as command  # noqa: PLC0415  as above

    raise typer.Exit(command.run_reset(who, second_factor=second_factor))
