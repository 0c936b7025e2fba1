"""Answers that may be kept and shown anywhere: for a minute as they are, then after asking about them."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import Final

from fastapi import Request, Response
from pydantic import BaseModel

FRESH_SECONDS: Final = 60
"""For how long a kept answer is as good as a new one: vacancies change by the hour. Ours."""

ANYWHERE: Final[Mapping[str, str]] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Last-Modified",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""Whoever asks is told the same, so every page may read it (Fetch Standard, CORS protocol)."""


def answered(request: Request, told: BaseModel, *, changed_at: datetime | None) -> Response:
    """What is told, or that it is still what the asking side has (RFC 9110, 13.1.2).

    ``Last-Modified`` is for people: a list can change by a day going by, so only the ETag is asked about.
    """
    body = told.model_dump_json(exclude_none=True)
    tag = f'"{sha256(body.encode()).hexdigest()[:32]}"'
    headers = {**ANYWHERE, "Cache-Control": f"public, max-age={FRESH_SECONDS}", "ETag": tag}
    if changed_at is not None:
        headers["Last-Modified"] = format_datetime(changed_at.replace(microsecond=0), usegmt=True)
    if _has(request.headers.get("If-None-Match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def _has(asked: str, tag: str) -> bool:
    tags = [each.strip().removeprefix("W/") for each in asked.split(",")]
    return tag in tags or tags == ["*"]
