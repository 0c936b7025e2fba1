"""A file that a page hands out: to be saved under its name, and kept by nobody in between."""

from typing import Final

from fastapi import Response

CSV: Final = "text/csv; charset=utf-8"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(content: bytes, media_type: str, name: str) -> Response:
    """The answer that is saved as a file of this name."""
    return Response(
        content,
        media_type=media_type,
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )
