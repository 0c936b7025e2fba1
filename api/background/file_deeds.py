"""Imports, exports and the verification of the chain as tasks."""

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from api.background.deed import Deed, Ended
from gateway.assessment.intake.importing import import_file
from gateway.assessment.spreadsheet_file import shielded
from gateway.monitoring.lists import AT_ONCE, Asked, What, listed
from gateway.records.reading import record_reading
from gateway.records.verify import verify
from gateway.storage.work import Work
from gateway.tasks.files import Part, TaskFile, file_of, keep_file
from gateway.tasks.in_hand import InHand

MOST_TOLD = 1_000
"""Rows, or faults, that a result names."""


def _do_import(hand: InHand) -> Ended:
    with hand.store.reading() as work:
        sent = file_of(work, hand.taken.id, Part.IN)
    hand.progress(0, 0, "reading the file")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / sent.name
        path.write_bytes(sent.content)
        came = import_file(
            hand.store,
            path,
            by=hand.taken.by,
            at=hand.store.clock(),
            onto_list=bool(hand.taken.asked.get("onto_list")),
            progress=lambda done, total: hand.progress(done, total, "entering referrals"),
        )
    return Ended(
        result={
            "entered": len(came.entered),
            "already_there": came.already_there,
            "changed_rows": list(came.changed[:MOST_TOLD]),
        }
    )


def _do_export(hand: InHand) -> Ended:
    asked = Asked(
        what=What(hand.taken.asked["what"]),
        from_day=_day(hand.taken.asked.get("from_day")),
        until=_day(hand.taken.asked.get("until")),
        by=hand.taken.by,
        at=hand.store.clock(),
    )
    hand.progress(0, 0, "reading")
    with hand.store.reading() as work:
        found = listed(work, asked)
    file = TaskFile(
        name=f"{asked.what.value}-{asked.at:%Y-%m-%d}.csv",
        media_type="text/csv; charset=utf-8",
        content=as_csv([found.columns, *found.rows]),
    )

    def also(work: Work) -> None:
        keep_file(hand.taken.id, Part.OUT, file, work=work)
        for ids in _parts(found.about) or [()]:
            record_reading(
                f"list of {asked.what.value} exported", about=ids, by=asked.by, at=asked.at, work=work
            )

    return Ended(result={"rows": len(found.rows), "file": file.name}, also=also)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _parts(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]


def as_csv(rows: Iterable[Sequence[str | int]]) -> bytes:
    """A CSV file, in which no cell is run as a formula."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(
        [value if isinstance(value, int) else shielded(value) for value in row] for row in rows
    )
    return text.getvalue().encode()


def _do_verify(hand: InHand) -> Ended:
    hand.progress(0, 0, "reading the chain")
    with hand.store.reading() as work:
        found = verify(work, expect_head=hand.taken.asked.get("expect_head"), progress=hand.progress)
    return Ended(
        result={
            "holds": found.holds,
            "links": found.links,
            "head": found.head,
            "not_sealed": found.not_sealed,
            "faults": len(found.wrong),
            "wrong": [str(each) for each in found.wrong[:MOST_TOLD]],
        }
    )


IMPORT = Deed(do=_do_import)
EXPORT = Deed(do=_do_export)
VERIFY = Deed(do=_do_verify)
