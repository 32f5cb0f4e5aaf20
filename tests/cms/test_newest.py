"""The section of the newest listings: of any kind, and what was stored before it could be."""

import importlib
import json
from typing import Any

from django.apps import apps
from django.db import connection
from django.test import Client

import pytest

from cms.blocks.sections import NewestBlock
from cms.models import HomePage
from marketplace.listings.kind import kinds
from search import engine
from tests.cast import Cast
from tests.cms.test_kept import put
from tests.factories.offerings import make_offering

pytestmark = pytest.mark.django_db


def test_editors_choose_among_all_kinds() -> None:
    block = NewestBlock()
    choices = dict(block.child_blocks["kind"].field.choices)
    assert {kind.name for kind in kinds()} <= set(choices)
    assert "offerings" in choices
    assert block.get_preview_value()["kind"] == kinds()[0].name


def test_a_further_kind_is_shown_like_the_first_two(client: Client, cast: Cast) -> None:
    put(
        ("newest", {"kind": "offerings", "title": "本地服务", "count": 4}),
        ("industries", {"title": "行业", "note": ""}),
    )
    empty = client.get("/").content.decode()
    assert "科技服务：还没有公开的信息" in empty
    assert 'href="/workbench/offerings/new/"' in empty
    offering = make_offering(cast.university, cast.university_member, state="published")
    engine.rebuild("offerings")
    html = " ".join(client.get("/").content.decode().split())
    assert f'href="/offerings/{offering.code}/"' in html
    assert "科技服务 1 项，在此对接。" in html
    assert 'href="/offerings/?industry=wood"' in html
    english = " ".join(client.get("/en/").content.decode().split())
    assert "1 services" in english


def test_sections_of_old_types_keep_their_place_and_words() -> None:
    """The live page and its revisions, as the migration finds them."""
    home = HomePage.objects.get(locale__language_code="zh-hans")
    old = [
        {"type": "needs", "value": {"title": "企业出题", "count": 4}, "id": "a"},
        {"type": "notice", "value": {"title": "停机", "text": "今晚"}, "id": "b"},
        {"type": "achievements", "value": {"title": "最新", "count": 6}, "id": "c"},
    ]
    table, name = HomePage._meta.db_table, HomePage._meta.pk.column
    revision = home.save_revision()
    revision.content["sections"] = json.dumps(old)
    revision.save()
    with connection.cursor() as cursor:
        update = f"UPDATE {table} SET sections = %s WHERE {name} = %s"
        cursor.execute(update, [json.dumps(old), home.pk])
    module: Any = importlib.import_module("cms.migrations.0005_newest_of_any_kind")
    (operation,) = module.Migration.operations
    operation.code(apps, None)
    new = [
        {"type": "newest", "value": {"kind": "needs", "title": "企业出题", "count": 4}, "id": "a"},
        old[1],
        {
            "type": "newest",
            "value": {"kind": "achievements", "title": "最新", "count": 6},
            "id": "c",
        },
    ]
    home.refresh_from_db()
    assert list(home.sections.raw_data) == new
    revision.refresh_from_db()
    assert json.loads(revision.content["sections"]) == new
