"""The description of the doors (OpenAPI), where FastAPI cannot say all of it by itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI

from api.problems import MEDIA_TYPE, refusals
from gateway.answers.keeping import KeyUsedOtherwise


def describe(app: FastAPI) -> None:
    """Have the application say what holds of every route, in one place.

    - ``If-Match`` is needed wherever it is asked for. In code it may be missing, so that whoever leaves it
      out is told of that (428) and not of a wrong form.
    - What is refused is a problem, and in no other form.
    - ``Idempotency-Key`` is heard with POST, which may then be refused because the key was used otherwise.
    """
    made = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is not None:
            return app.openapi_schema  # described before, and kept by FastAPI
        document = made()
        for method, operation in _operations(document):
            _need_if_match(operation)
            _hear_keys(method, operation)
            _answer_problems(operation)
        return document

    app.openapi = described  # type: ignore[method-assign]  # as FastAPI's own documentation has it


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in document["paths"].values():
        yield from path.items()


def _need_if_match(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == "If-Match":
            parameter["required"] = True
            # It was "or null" only for being left out.
            parameter["schema"] = next(iter(parameter["schema"].get("anyOf", [])), parameter["schema"])


def _hear_keys(method: str, operation: dict[str, Any]) -> None:
    parameters = operation.get("parameters", [])
    if not any(each["name"] == "Idempotency-Key" for each in parameters):
        return
    if method == "post":
        for status, answer in refusals(KeyUsedOtherwise).items():
            told = {"description": answer["description"], "content": _PROBLEM}
            operation["responses"].setdefault(str(status), told)
    else:
        operation["parameters"] = [each for each in parameters if each["name"] != "Idempotency-Key"]


def _answer_problems(operation: dict[str, Any]) -> None:
    for answer in operation["responses"].values():
        if MEDIA_TYPE in answer.get("content", {}):
            answer["content"] = _PROBLEM


_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
