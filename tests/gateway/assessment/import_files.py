"""Import files for the tests: rows of cells as CSV and as Excel."""

import csv

from openpyxl import Workbook

from tests.gateway.assessment.scored import ITEMS

COLUMNS = (
    *("agency", "reference", "referred_on", "consent_on", "client_groups", "forename", "surname", "born"),
    *("immediate_safety", "duty_date", "discharge_date", "sleeping_rough", "tags", "risks_ruled_out"),
    *("avoid_areas", "prefers", "override_band", "override_reason", "override_by", *ITEMS),
)


def line(number, **cells):
    """One good row."""
    return {
        "agency": "A-1",
        "reference": f"PR/{number}",
        "referred_on": "2026-02-20",
        "consent_on": "2026-02-20",
        "client_groups": "offenders;single-homeless",
        "forename": f"Forename{chr(65 + number % 26)}{chr(97 + number // 26)}",
        "surname": f"Surname{chr(65 + number // 26)}{chr(97 + number % 26)}",
        "born": f"{1960 + number % 40}-03-04",
        "immediate_safety": "no",
        "sleeping_rough": "no",
        **dict.fromkeys(ITEMS, "2"),
        **cells,
    }


def write_csv(path, lines, columns=COLUMNS):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(lines)
    return path


def write_excel(path, lines, columns=COLUMNS):
    book = Workbook()
    book.active.append(columns)
    for each in lines:
        book.active.append([each.get(column) for column in columns])
    book.save(path)
    return path
