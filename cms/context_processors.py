"""Gives every page the navigation that editors keep."""

from django.http import HttpRequest


def navigation(_request: HttpRequest) -> dict[str, object]:
    """Nothing yet overrides the portal's own navigation."""
    return {}
