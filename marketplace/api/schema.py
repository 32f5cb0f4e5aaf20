"""What the OpenAPI document covers: the paths under `/api/`, nothing of the CMS."""

from typing import Any

Endpoint = tuple[str, str, str, Any]


def own_paths(endpoints: list[Endpoint], **_: Any) -> list[Endpoint]:
    """Keep our own paths; a preprocessing hook of drf-spectacular."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/v1/")]
