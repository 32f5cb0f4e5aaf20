"""Gives signed-in pages the workbench menu."""

from django.http import HttpRequest


def menu(_request: HttpRequest) -> dict[str, object]:
    return {}
