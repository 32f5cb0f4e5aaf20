"""A revision is its owner's: readers keep what the public saw, whatever becomes of the revision."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.disclosure import queries, services
from marketplace.kernel import clock
from marketplace.listings.services.moves import move
from marketplace.needs.models import Need
from tests.cast import Cast
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db


def page(user: Any, name: str, code: str) -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse(name, args=[code])).content.decode()


def test_no_name_no_title_and_no_text_of_a_revision_goes_out(cast: Cast) -> None:
    """Neither while it is written or reviewed, nor after it was returned, recalled or withdrawn."""
    need: Any = make_need(
        cast.enterprise,
        cast.member,
        state="published",
        title="匿名难题",
        hide_owner=True,
        confidential="公开时的保密内容",
    )
    subject = queries.subject_named("needs.need", need.pk)
    assert subject is not None
    text = queries.current_text()
    assert text is not None
    services.accept_agreement(cast.university, text, actor=cast.university_admin)
    given = services.offer_grant(
        subject,
        cast.university,
        until=clock.today() + timedelta(days=9),
        actor=cast.approver,
        releases_name=True,
    )
    asked = services.request_grant(subject, cast.other_enterprise, note="评估", actor=cast.outsider)

    def look() -> None:
        own = page(cast.outsider, "disclosure:grant", asked.code)
        read = page(cast.university_member, "disclosure:read", given.code)
        assert cast.enterprise.name not in own
        assert "公开时的保密内容" in read
        assert "匿名难题" in own
        assert {word for word in ("改后的标题", "改后的保密内容") if word in own + read} == set()

    move(need, "revise", actor=cast.member)
    changed = {"hide_owner": False, "title": "改后的标题", "confidential": "改后的保密内容"}
    Need.objects.filter(pk=need.pk).update(**changed)
    look()
    for name, said in {
        "submit": {},
        "recall": {},
        "submit again": {},
        "withdraw": {"reason": "不做了"},
    }.items():
        move(Need.objects.get(pk=need.pk), name.split()[0], actor=cast.member, **said)
        look()
