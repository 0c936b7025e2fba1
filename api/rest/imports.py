"""Files of referrals: tried first, then entered as long work."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from api.access.permissions import Permission
from api.rest.door import Door, declared, may
from api.rest.strict_requests import doors
from api.rest.tasks import TaskTold, task_told
from api.rest.values import Told
from gateway.assessment.intake.trying import DryRun, try_import
from gateway.refusals import Invalid
from gateway.storage.work import Work
from gateway.tasks.files import Part, TaskFile, keep_file
from gateway.tasks.queueing import queue_task
from gateway.tasks.tables import TaskKind

router = doors("imports")

LARGEST: Final = 10_000_000
"""Bytes: some thirty thousand referrals; ours."""

CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAMES: Final = {CSV: "referrals.csv", XLSX: "referrals.xlsx"}
"""What each kind of file is called here: names that are sent are not looked at."""

MOST_TOLD: Final = 1_000
"""Rows or faults that a report lists; all are counted."""

_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": f"The file itself, at most {LARGEST:,} bytes; the columns are in docs/referrals.md.",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in NAMES},
    }
}


class ImportFault(Told):
    """One thing that is wrong with a file; it repeats nothing that may have been written about a person."""

    row: int | None = Field(description="As a spreadsheet counts, the header being row 1; null: the file.")
    column: str | None = Field(description="Null: the whole row.")
    detail: str


class AlikePerson(Told):
    """Somebody who is there already and may be the same."""

    person_id: str
    score: int = Field(description="From 0 to 100.")
    reasons: Sequence[str] = Field(examples=[["same date of birth"]])


class AlikeRow(Told):
    """A new person who resembles somebody; the column ``person`` says that it is them."""

    row: int
    people: Sequence[AlikePerson]


class DryRunTold(Told):
    """What an import of the file would do."""

    would_enter: int = Field(description="Referrals that are not there yet; 0 if anything is wrong.")
    already_there: Sequence[int] = Field(description="Rows of referrals that the gateway has.")
    changed: Sequence[int] = Field(
        description="Of these, rows in which the file says something else; an import leaves them as they are."
    )
    alike: Sequence[AlikeRow]
    faults: Sequence[ImportFault] = Field(description="With any, nothing is imported.")
    faults_count: int = Field(description="How many there are; the first thousand are listed.")


async def _sent_file(request: Request) -> TaskFile:
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in NAMES:
        raise Invalid([("content-type", f"is {kind[:100] or 'missing'}, must be {CSV} or {XLSX}")])
    return TaskFile(name=NAMES[kind], media_type=kind, content=await request.body())


SentFile = Annotated[TaskFile, Depends(_sent_file)]


@router.post(
    "/imports/dry-run",
    summary="Try a file of referrals",
    response_model=DryRunTold,
    responses=declared(),
    openapi_extra=_BODY,
    max_body_size=LARGEST,
)
def dry_run(
    door: Annotated[Door, may(Permission.IMPORT)],
    file: SentFile,
    *,
    look_for_duplicates: Annotated[
        bool, Query(description="Compare every new person with those who are there; slow for long files.")
    ] = True,
) -> Response:
    """What would be entered, what is there already, and everything that is wrong; nothing is written."""

    def question(work: Work) -> DryRunTold:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / file.name
            path.write_bytes(file.content)
            return _told(
                try_import(
                    work, path, by=door.visitor.actor, at=door.at, look_for_duplicates=look_for_duplicates
                )
            )

    return door.read(question)


def _told(tried: DryRun) -> DryRunTold:
    return DryRunTold(
        would_enter=0 if tried.faults else len(tried.new),
        already_there=tried.already_there[:MOST_TOLD],
        changed=tried.changed[:MOST_TOLD],
        alike=[
            AlikeRow(
                row=each.row,
                people=[
                    AlikePerson(person_id=match.person_id, score=match.score, reasons=match.reasons)
                    for match in each.matches
                ],
            )
            for each in tried.alike[:MOST_TOLD]
        ],
        faults=[
            ImportFault(row=each.row, column=each.column, detail=each.problem)
            for each in tried.faults[:MOST_TOLD]
        ],
        faults_count=len(tried.faults),
    )


@router.post(
    "/imports",
    summary="Enter a file of referrals",
    status_code=202,
    response_model=TaskTold,
    responses=declared(),
    openapi_extra=_BODY,
    max_body_size=LARGEST,
)
def import_referrals(
    door: Annotated[Door, may(Permission.IMPORT)],
    file: SentFile,
    *,
    onto_list: Annotated[
        bool,
        Query(
            description="Put them on the waiting list at once, in an emergency; else they wait for triage."
        ),
    ] = False,
) -> Response:
    """Long work: the answer is a task. If anything is wrong with the file nothing is entered.

    What the gateway has already (by the agency's own reference) is passed over, so that a file can be sent
    twice. Try it first.
    """

    def deed(work: Work) -> TaskTold:
        by = door.visitor.actor
        row = queue_task(TaskKind.IMPORT, {"onto_list": onto_list}, by=by, at=door.at, work=work)
        keep_file(row.id, Part.IN, file, work=work)
        return task_told(row)

    answer = door.write(deed, status=202, location="/api/v1/tasks/{id}")
    door.wake()
    return answer
