"""Addresses of matching: `public` and `workbench` are mounted by the portal, `api` by the API."""

from typing import Any

app_name = "matching"

public: list[Any] = []
workbench: list[Any] = []
api: list[Any] = []
