"""Releases of a tender: one for each change, valid at each step, in the order of their numbers."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.kernel import clock
from marketplace.records import queries, services
from marketplace.records.models import Release
from marketplace.records.rulebook.ocds import compiled
from marketplace.tenders import services as tenders
from marketplace.tenders.models import Tender
from tests.cast import Cast
from tests.factories.parties import make_staff
from tests.factories.tenders import make_tender

pytestmark = [pytest.mark.django_db, pytest.mark.shared]
Faults = Callable[[Any], list[Any]]


def fetched(client: Client, url: str) -> Any:
    answer = client.get(url)
    assert answer.status_code == 200, url
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return json.loads(body)


def told(row: Tender) -> Release:
    found = services.release(row)
    assert found is not None
    return found


def test_each_step_is_a_valid_release_and_nothing_is_told_twice(
    client: Client, cast: Cast, faults: Faults
) -> None:
    row = make_tender(cast.enterprise, cast.approver, starts_in=2)
    first = told(row)
    assert (first.number, first.data["tag"]) == (1, ["tender"])
    assert first.data["tender"]["status"] == "planned"
    assert services.release(row) is None
    with clock.shift(timedelta(3)):
        tenders.tick()
        question = tenders.ask(
            row, cast.university, "温度上限是多少？", actor=cast.university_admin
        )
        tenders.answer(question, "一百二十度。", actor=cast.approver)
        second = told(row)
        assert second.data["tag"] == ["tenderUpdate"]
        assert second.data["tender"]["status"] == "active"
        assert second.data["tender"]["enquiries"][0]["answer"] == "一百二十度。"
        text = json.dumps(second.data, ensure_ascii=False)
        assert cast.university.name not in text
        assert "bids" not in second.data
        assert "numberOfTenderers" not in second.data["tender"]
        row.refresh_from_db()
        asked = tenders.ask_to_cancel(row, kind="funds", reason="经费未落实", actor=cast.approver)
        tenders.announce_cancellation(asked, actor=make_staff("operator"))
    with clock.shift(timedelta(10)):
        tenders.tick()
        last = told(row)
        assert (last.number, last.data["tag"]) == (3, ["tenderCancellation"])
        assert last.data["tender"]["status"] == "cancelled"
        assert [one["status"] for one in last.data["tender"]["lots"]] == ["cancelled"]

        record = fetched(client, reverse("records:record", args=[row.code]))
        assert [one["id"] for one in record["records"][0]["releases"]] == ["1", "2", "3"]
        assert record["records"][0]["compiledRelease"]["tender"]["status"] == "cancelled"
        for package in (
            record,
            fetched(client, reverse("records:release", args=[row.code, 2])),
            fetched(client, reverse("records:feed") + "?after=0"),
            fetched(client, reverse("records:year", args=[clock.today().year])),
        ):
            assert faults(package) == []


def test_a_reader_of_the_feed_gets_each_release_once(client: Client, cast: Cast) -> None:
    rows = [make_tender(cast.enterprise, cast.approver) for _number in range(3)]
    seqs = [told(row).seq for row in rows]
    assert seqs == list(range(seqs[0], seqs[0] + 3))
    page = fetched(client, reverse("records:feed") + f"?after={seqs[0]}")
    assert [one["tender"]["id"] for one in page["releases"]] == [rows[1].code, rows[2].code]
    assert page["links"]["next"].endswith(f"?after={seqs[2]}")
    empty = fetched(client, page["links"]["next"])
    assert empty["releases"] == []
    assert empty["links"] == page["links"]


@pytest.mark.parametrize("after", ["-1", "x", "9" * 25, "1.5", "%00"])
def test_a_number_that_is_none_is_refused(client: Client, db: None, after: str) -> None:
    answer = client.get(reverse("records:feed") + f"?after={after}")
    assert answer.status_code == 400
    assert answer.json()["type"] == "/api/problems/validation"


def test_dates_of_a_process_never_repeat(cast: Cast) -> None:
    row = make_tender(cast.enterprise, cast.approver)
    first = told(row)
    question = tenders.ask(row, cast.university, "能否延期？", actor=cast.university_admin)
    tenders.answer(question, "不能。", actor=cast.approver)
    second = told(row)
    assert second.date > first.date
    assert compiled([first.data, second.data])["tag"] == ["compiled"]


def test_drafts_and_samples_are_no_open_data(client: Client, cast: Cast) -> None:
    draft = make_tender(cast.enterprise, cast.approver, state="draft")
    sample = make_tender(cast.enterprise, cast.approver, is_sample=True)
    assert [services.release(draft), services.release(sample)] == [None, None]
    for code in (draft.code, sample.code, "ZB2026-000000-0", "x" * 30):
        assert client.get(reverse("records:record", args=[code])).status_code == 404
    assert queries.release_years() == []
    assert client.get(reverse("records:year", args=[1999])).status_code == 404
