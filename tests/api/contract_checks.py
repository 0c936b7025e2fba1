"""What schemathesis is told of the doors besides their description."""

import schemathesis
from schemathesis import GenerationMode

from api.problems import MALFORMED


@schemathesis.check
def what_the_description_allows_is_never_malformed(ctx, response, case):
    """A rule of the gateway may refuse it, and says which; but it has been read."""
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    if "problem+json" in str(response.headers.get("content-type")) and response.json()["type"] == MALFORMED:
        raise AssertionError(f"the description allows it: {response.text}")
