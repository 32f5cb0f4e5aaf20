"""The rows of `deploy/samples/mandates.json` fit the samples that they name: a first start loads them all."""

import json
from typing import Any

from django.conf import settings

import pytest

from marketplace.brokerage.models import Introduction
from marketplace.brokerage.rulebook.mandate_text import hash_of
from marketplace.enquiries.models import Enquiry, Intent, Undertaking
from marketplace.kernel import clock
from marketplace.taxonomy import services as taxonomy
from marketplace.web.samples import declared


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


@pytest.mark.django_db
def test_the_golden_thread_is_in_order_and_leaves_nothing_behind(own_index: object) -> None:
    """A mandate comes before what it led to, with the text of its own period; two enquiries are joined."""
    taxonomy.load_seeds()
    loaded = [part for part in declared() if part.order <= 65]
    for part in loaded:
        part.load(lambda *_args: None)
    [row] = [row for row in _rows("mandates") if row["what"] == "golden"]
    made = Introduction.objects.get(enquiry__listing_title=row["need"], is_sample=True)
    assert made.mandate is not None
    assert made.enquiry is not None
    mandate, enquiry = made.mandate, made.enquiry
    assert mandate.starts_at <= enquiry.created_at < made.at
    assert mandate.accepted_at is not None
    assert mandate.accepted_at <= made.at
    intent = Intent.objects.get(enquiry=enquiry)
    assert made.at < intent.created_at
    [version] = mandate.versions.all()
    assert version.starts_at == mandate.starts_at
    assert clock.day_of(mandate.starts_at).strftime("%Y") in version.text
    assert version.sha256 == hash_of(version.text)
    [other] = _joined(enquiry)
    assert other.kind == "achievements"
    for part in reversed(loaded):
        part.remove()
    assert not Enquiry.objects.filter(is_sample=True).exists()
    assert not Undertaking.objects.exists()


def _joined(enquiry: Enquiry) -> list[Enquiry]:
    rows = Enquiry.objects.filter(undertaking=enquiry.undertaking_id)
    assert enquiry.undertaking_id is not None
    return list(rows.exclude(pk=enquiry.pk))


@pytest.mark.parametrize("name", ["needs", "achievements", "offerings"])
def test_no_sample_speaks_of_signing_what_is_confirmed_on_line(name: str) -> None:
    """签署 is kept for signatures that meet 电子签名法 13 and 14."""
    assert "签署保密" not in json.dumps(_rows(name), ensure_ascii=False)
