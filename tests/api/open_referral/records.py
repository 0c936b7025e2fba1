"""What every record must be, said once more by itself: which fields, of which kind, which must be there.

Written from the standard's own description of its objects; a record with a field that is not named here, or
with an empty one, is wrong.
"""

import re
from datetime import datetime
from uuid import UUID


def uuid(value):
    UUID(value)


def text(value):
    assert isinstance(value, str)
    assert value.strip()


def moment(value):
    assert datetime.fromisoformat(value).tzinfo is not None


def uri(value):
    assert re.fullmatch(r"https?://[^\s]+", value), value


def number(value):
    assert type(value) in (int, float), value


def count(value):
    assert type(value) is int
    assert value >= 0


def flag(value):
    assert type(value) is bool


def one_of(*values):
    def check(value):
        assert value in values, value

    return check


def listed(kind, *, least=1):
    def check(values):
        assert isinstance(values, list)
        assert len(values) >= least
        for value in values:
            is_(kind, value)

    return check


def a(kind):
    return lambda value: is_(kind, value)


TERM = {"id": uuid, "name": text, "description": text, "taxonomy": text, "taxonomy_id": uuid, "term": text}
TAXONOMY_LISTED = {"id": uuid, "name": text, "description": text, "version": text}
TAXONOMY = TAXONOMY_LISTED | {"taxonomy_terms": listed(TERM)}
ATTRIBUTE = {
    "id": uuid,
    "link_id": uuid,
    "taxonomy_term_id": uuid,
    "link_type": one_of("tier", "client_group", "feature"),
    "taxonomy_term": a(TERM),
}
ORGANIZATION = {"id": uuid, "name": text, "description": text}
AREA = {"id": uuid, "service_id": uuid, "name": text, "uri": uri}
ADDRESS = {
    "id": uuid,
    "location_id": uuid,
    "address_1": text,
    "city": text,
    "state_province": text,
    "postal_code": text,
    "country": one_of("GB"),
    "address_type": one_of("physical"),
}
LOCATION_LISTED = {
    "id": uuid,
    "location_type": one_of("physical"),
    "name": text,
    "?latitude": number,
    "?longitude": number,
}
LOCATION = LOCATION_LISTED | {"?addresses": listed(ADDRESS)}
CAPACITY = {
    "id": uuid,
    "service_id": uuid,
    "unit": a({"id": uuid, "name": text}),
    "available": count,
    "maximum": count,
    "description": text,
    "updated": moment,
}
SERVICE_LISTED = {
    "id": uuid,
    "organization_id": uuid,
    "name": text,
    "description": text,
    "status": one_of("active", "inactive", "defunct", "temporarily closed"),
    "?minimum_age": count,
    "?maximum_age": count,
    "?last_modified": moment,
    "organization": a(ORGANIZATION),
}
AT_LOCATION = {"id": uuid, "service_id": uuid, "location_id": uuid, "location": a(LOCATION)}
SERVICE = SERVICE_LISTED | {
    "attributes": listed(ATTRIBUTE),
    "service_areas": listed(AREA),
    "?service_at_locations": listed(AT_LOCATION),
    "?capacities": listed(CAPACITY),
}
PLACE_LISTED = AT_LOCATION | {"location": a(LOCATION_LISTED), "service": a(SERVICE_LISTED)}
PLACE = AT_LOCATION | {"service": a(SERVICE)}
DETAILS = {"version": one_of("HSDS-UK-3.0"), "profile": uri, "openapi_url": uri}


def page_of(kind):
    return {
        "total_items": count,
        "total_pages": count,
        "page_number": count,
        "size": count,
        "first_page": flag,
        "last_page": flag,
        "empty": flag,
        "contents": listed(kind, least=0),
    }


LISTS = {
    "services": (SERVICE_LISTED, SERVICE),
    "service_at_locations": (PLACE_LISTED, PLACE),
    "taxonomies": (TAXONOMY_LISTED, TAXONOMY),
    "taxonomy_terms": (TERM, TERM),
}
"""By list: a record in it, and the record by itself."""


def is_(kind, record):
    """Raise unless the record is of this kind: what must be there, and nothing else."""
    checks = {name.lstrip("?"): check for name, check in kind.items()}
    needed = {name for name in kind if not name.startswith("?")}
    assert needed <= record.keys() <= checks.keys(), (sorted(record), sorted(checks))
    for name, value in record.items():
        checks[name](value)
