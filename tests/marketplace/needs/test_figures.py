"""The wizard's step of targets: a figure is read or refused at its field, never changed."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.needs.models import NeedIndicator
from tests.cast import Cast
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db

HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')


def post(cast: Cast, typed: str) -> Any:
    """The step as a browser sends it, with one indicator whose target is what was typed."""
    need = make_need(cast.enterprise, cast.member)
    client = Client()
    client.force_login(cast.member)
    url = reverse("needs:edit", args=[need.code, "targets"])
    page = client.get(url).content.decode()
    hidden = {}
    for tag in HIDDEN.findall(page):
        name, value = (re.search(rf'\b{part}="([^"]*)"', tag) for part in ("name", "value"))
        if name and value:
            hidden[name[1]] = value[1]
    row = {"name": "强度", "comparator": "ge", "target": typed, "unit": "MPa", "must": "yes"}
    sent = {f"indicators-0-{key}": value for key, value in row.items()}
    return client.post(url, {**hidden, **sent, "indicators-TOTAL_FORMS": "1", "next": "1"})


@pytest.mark.parametrize("typed", ["0,5", "5,10,15", "1_000", "1e3", "٣", "10²"])
def test_a_figure_that_could_mean_something_else_is_refused(cast: Cast, typed: str) -> None:
    answer = post(cast, typed)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert f'value="{typed}"' in page
    assert "逗号只能用来分隔千位" in page or "请输入数字" in page


@pytest.mark.parametrize(
    ("typed", "shown"), [("1，200", "≥ 1200 MPa"), ("\u22125", "≥ -5 MPa"), ("５００", "≥ 500 MPa")]
)
def test_what_is_sure_is_read(cast: Cast, typed: str, shown: str) -> None:
    assert post(cast, typed).status_code == 302
    assert NeedIndicator.objects.get().requirement == shown
