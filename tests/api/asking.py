"""Requests to any route, made from what the OpenAPI document says it takes."""

import re
from dataclasses import dataclass
from urllib.parse import quote

DAY, MOMENT = "2026-03-02", "2026-03-04T17:00:00Z"


@dataclass(frozen=True)
class Text:
    """What stands wherever a text is free: as it is, or as a pattern lets it."""

    free: str
    plain: str

    def fits(self, schema):
        pattern = schema.get("pattern")
        for each in (
            self.free,
            self.plain,
            self.plain.lower(),
            self.plain.upper(),
            "E08000025",
            '"1"',
            "1",
            "a",
        ):
            long_enough = schema.get("minLength", 0) <= len(each) <= schema.get("maxLength", 10**9)
            if long_enough and (pattern is None or re.search(pattern, each)):
                return each
        return self.free[: schema.get("maxLength", 200)]


class Asking:
    """Makes requests from the OpenAPI document of an application.

    text
        What stands in free texts.
    """

    def __init__(self, app, text):
        self.document, self.text = app.openapi(), text

    def operations(self):
        """Every method and path with what is said of it."""
        for path, methods in self.document["paths"].items():
            for method, said in methods.items():
                yield method.upper(), path, said

    def request(self, method, path, said, *, ids=None, with_query=True):
        """The words of a request: url, params, json or files, headers."""
        ids, params, headers = ids or {}, {}, {}
        for each in map(self._open, said.get("parameters", ())):
            name, schema = each["name"], self._open(each.get("schema", {}))
            if each["in"] == "path":
                value = ids.get(name) or self.text.fits(schema)
                path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
            elif each["in"] == "query" and (with_query or each.get("required")):
                params[name] = self._value(schema, name)
            elif each["in"] == "header" and name == "If-Match":
                headers[name] = '"1"'
        words = {"method": method, "url": path, "params": params, "headers": headers}
        return words | self._body(said)

    def _body(self, said):
        content = self._open(said.get("requestBody", {})).get("content", {})
        if "application/json" in content:
            return {"json": self._value(content["application/json"]["schema"], "body")}
        if "multipart/form-data" in content:
            schema = self._open(content["multipart/form-data"]["schema"])
            files = {}
            for name, each in schema.get("properties", {}).items():
                is_file = self._open(each).get("format") == "binary" or "contentMediaType" in self._open(each)
                value = (
                    ("names.csv", self.text.free.encode()) if is_file else (None, self._text_of(each, name))
                )
                files[name] = value
            return {"files": files}
        return {}

    def _text_of(self, schema, name):
        return str(self._value(schema, name))

    def _open(self, schema):
        while "$ref" in schema:
            here = self.document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                here = here[step]
            schema = here
        return schema

    def _value(self, schema, name, depth=0):
        schema = self._open(schema)
        for key in ("anyOf", "oneOf", "allOf"):
            if key in schema:
                some = [each for each in map(self._open, schema[key]) if each.get("type") != "null"]
                return self._value(some[0], name, depth)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        return self._of_type(schema, name, depth)

    def _of_type(self, schema, name, depth):
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if kind == "object":
            wanted = schema.get("properties", {})
            needed = set(schema.get("required", ())) if depth > 6 else set(wanted)
            return {each: self._value(of, each, depth + 1) for each, of in wanted.items() if each in needed}
        if kind == "array":
            return (
                [self._value(schema["items"], name, depth + 1)]
                if depth <= 6 or schema.get("minItems")
                else []
            )
        if kind in ("integer", "number"):
            least = schema.get("minimum", schema.get("exclusiveMinimum", 0))
            return max(least, 1) if schema.get("maximum", 1) >= 1 else least
        if kind == "boolean":
            return True
        if kind == "null":
            return None
        return {"date": DAY, "date-time": MOMENT}.get(schema.get("format"), self.text.fits(schema))
