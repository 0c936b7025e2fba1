"""Every call to a route about people, with what it sends; ids are filled in by the test."""

from dataclasses import dataclass

from api.rest import (
    consents,
    exclusions,
    finding_people,
    people,
    person_timeline,
    restrictions,
    safety,
)

ROUTERS = (people, finding_people, person_timeline, restrictions, exclusions, safety, consents)

WHY = {"why": "Because it is so."}
OVER = WHY | {"on": "2026-03-02"}
PERSON = {"forename": "Quillon", "surname": "Zyxwell", "born": "1990-03-04"}


@dataclass(frozen=True)
class Call:
    """A request; ``{person}``, ``{other}`` and so on in path and body are filled in."""

    method: str
    path: str
    body: dict | None = None
    seen: int | None = None
    status: int = 200

    def send(self, client, ids, **headers):
        path, body = self.path.format(**ids), self.body
        if body is not None:
            body = {key: each.format(**ids) if isinstance(each, str) else each for key, each in body.items()}
        if self.seen is not None:
            headers["If-Match"] = f'"{self.seen}"'
        return client.request(self.method, f"/api/v1{path}", json=body, headers=headers)

    @property
    def id(self):
        return f"{self.method} {self.path}"


EXCLUSION = {"service_id": "S-1", "reason": "arson", "from_day": "2026-03-02", "until": "2026-06-02"} | {
    "review_on": "2026-05-01"
}

OF_A_PERSON = [
    Call("GET", "/people/{person}"),
    Call("PUT", "/people/{person}", PERSON | WHY, seen=1),
    Call("POST", "/people/{person}/merge", WHY | {"into_id": "{other}"}),
    Call("POST", "/people/{other}/merge", WHY | {"into_id": "{person}"}),
    Call("POST", "/people/{person}/unmerge", WHY),
    Call("POST", "/people/{person}/told-apart", WHY | {"other_id": "{other}"}),
    Call("GET", "/people/{person}/possible-duplicates"),
    Call("GET", "/people/{person}/timeline"),
    Call("GET", "/people/{person}/presentations"),
    Call("POST", "/people/{person}/restrict", WHY | {"until": "2026-04-01T00:00:00Z"}, seen=1),
    Call("POST", "/people/{person}/lift-restriction", WHY, seen=1),
    Call("POST", "/people/{person}/grants", WHY | {"holder": "{account}", "until": "2026-04-01T00:00:00Z"}),
    Call("GET", "/people/{person}/grants"),
    Call("POST", "/grants/{grant}/revoke", WHY),
    Call("POST", "/people/{person}/exclusions", EXCLUSION),
    Call("GET", "/people/{person}/exclusions"),
    Call("GET", "/exclusions/{exclusion}"),
    Call("POST", "/exclusions/{exclusion}/review", OVER | {"review_on": "2026-04-01", "until": None}, seen=1),
    Call("POST", "/exclusions/{exclusion}/lift", OVER, seen=1),
    Call(
        "POST",
        "/people/{person}/safety-areas",
        {"authority_id": "E08000025", "reason": "gang", "on": "2026-03-02"},
    ),
    Call("GET", "/people/{person}/safety-areas"),
    Call("POST", "/safety-areas/{area}/end", OVER),
    Call(
        "POST",
        "/people/{person}/separations",
        {"other_id": "{other}", "reason": "threat", "on": "2026-03-02"},
    ),
    Call(
        "POST",
        "/people/{other}/separations",
        {"other_id": "{person}", "reason": "threat", "on": "2026-03-02"},
    ),
    Call("GET", "/people/{person}/separations"),
    Call("POST", "/separations/{separation}/end", OVER),
    Call("POST", "/people/{person}/consents", {"given_on": "2026-03-02", "how": "signed form"}),
    Call("GET", "/people/{person}/consents"),
    Call("POST", "/people/{person}/consents/withdraw", {"withdrawn_on": "2026-03-02"}),
]
"""Those that lead to one person: to whom it is closed, each answers that it is not there."""

LISTS = [
    Call("POST", "/people/search", {"name": "Zyxwell Quillon"}),
    Call("POST", "/people/possible-duplicates", PERSON),
    Call("GET", "/repeat-presentations?at_least=1"),
    Call("GET", "/exclusions-due-for-review?on=2026-05-01"),
]
"""Those in which a person may stand: to whom it is closed, they do not."""

OTHERS = [
    Call("POST", "/people", PERSON),
    Call("POST", "/people/{person}/break-glass", WHY | {"hours": 4}),
    Call("GET", "/broken-glass"),
]


def routes():
    """Method and path of every route of these files, ids left out."""
    return {
        (method, route.path.replace("_id}", "}"))
        for module in ROUTERS
        for route in module.router.routes
        for method in route.methods
    }
