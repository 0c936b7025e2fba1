"""REST under ``/api/v1``, a file a feature: a route reads, calls one use case, and shapes the answer."""
