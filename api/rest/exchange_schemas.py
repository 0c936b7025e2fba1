"""The shipped schemas of ``placement-problem/1`` and ``placement-plan/1``, as OpenAPI takes them.

Every reference is resolved, because inside of another document ``#/$defs`` would point at nothing.
"""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final


def _shipped(name: str) -> dict[str, Any]:
    text = (files("allocation.exchange") / "schemas" / name).read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    known = document.pop("$defs")
    whole: dict[str, Any] = _resolved(document, known)
    return {key: value for key, value in whole.items() if not key.startswith("$")}


def _resolved(part: Any, known: Mapping[str, Any]) -> Any:  # noqa: ANN401  any JSON value
    if isinstance(part, list):
        return [_resolved(each, known) for each in part]
    if not isinstance(part, dict):
        return part
    own = {key: _resolved(value, known) for key, value in part.items() if key != "$ref"}
    if "$ref" not in part:
        return _alike(own)
    return _resolved(known[part["$ref"].rpartition("/")[2]], known) | own


def _alike(part: dict[str, Any]) -> dict[str, Any]:
    """A list of so many things alike, told without ``prefixItems``, which many tools do not know."""
    things = part.get("prefixItems")
    if not isinstance(things, list) or any(each != things[0] for each in things):
        return part
    own = {key: value for key, value in part.items() if key != "prefixItems"}
    return own | {"items": things[0], "maxItems": len(things)}


PROBLEM: Final = _shipped("placement-problem-1.schema.json")
PLAN: Final = _shipped("placement-plan-1.schema.json")


def document(schema: Mapping[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401  whatever OpenAPI has
    """The ``content`` of a request or answer that is such a document."""
    return {"content": {"application/json": {"schema": dict(schema)} | more}}
