"""Pages of services and of their providers in Chromium: axe, sideways scroll, console."""

from typing import Any

from django.urls import reverse

import pytest
from playwright.sync_api import Browser

from marketplace.offerings import services
from search import engine
from tests.browser import faults, needs_chromium, window
from tests.cast import make_cast
from tests.factories.achievements import sheet
from tests.factories.files import make_attachment
from tests.factories.offerings import make_offering

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), needs_chromium]


def test_pages_are_sound_wide_and_narrow(
    chromium: Browser, live_server: Any, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    cast = make_cast()
    org, author = cast.university, cast.university_member
    offering = make_offering(org, author, state="published")
    draft = make_offering(org, author, title="还没有写完的服务")
    services.record_filing(org, year=2025, kind="inner", number="0101 号", actor=cast.operator)
    engine.rebuild("offerings")
    public = [
        *(reverse(f"offerings:{name}") for name in ("list", "providers", "filing_check")),
        reverse("offerings:detail", args=[offering.code]),
        reverse("parties:organization", args=[org.code]),
    ]
    steps = ("basics", "targets", "terms")
    own = [reverse("offerings:edit", args=[draft.code, step]) for step in steps]
    own.append(reverse("offerings:check", args=[draft.code]))
    table = sheet(
        [["甲醛检测", "检验检测"], ["乙", "不存在的类别"], ["", "x"]], ["服务名称", "服务类别"]
    )
    uploaded = make_attachment(
        author, data=table, name="服务.xlsx", subject_kind="offerings.import", subject_id=None
    )
    own += [reverse("offerings:import"), reverse("offerings:import_show", args=[uploaded.code])]
    staff = [reverse("offerings:filing", args=[org.code])]
    for person, paths in ((None, public), (author, own), (cast.registrar_city, staff)):
        with window(chromium, live_server, person) as page:
            said: list[str] = []
            page.on("console", lambda m, said=said: said.append(m.text))
            assert [fault for path in paths for fault in faults(page, path)] == []
            assert said == []
