"""The rows of `deploy/samples/mandates.json` fit the samples that they name: a first start loads them all."""

import json
from typing import Any

from django.conf import settings

import pytest


def _rows(name: str) -> list[dict[str, Any]]:
    folder = settings.BASE_DIR / "deploy" / "samples"
    rows: list[dict[str, Any]] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return rows


@pytest.mark.parametrize("what", ["mandate", "introduction"])
def test_every_need_that_a_sample_deal_is_about_is_published(what: str) -> None:
    """A sample of an owner that is not verified stays a draft, about which nobody can deal."""
    verified = {row["key"] for row in _rows("organizations") if row.get("verified", True)}
    public = {
        row["title"]
        for row in _rows("needs")
        if row["owner"] in verified and row.get("state", "published") == "published"
    }
    named = {row["need"] for row in _rows("mandates") if row["what"] == what and row["need"]}
    assert named
    assert named - public == set()
