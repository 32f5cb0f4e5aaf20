"""Pages and revisions of before, with a typed target of turnover, lose that block and nothing else."""

import importlib
import json
from typing import Any

from django.apps import apps
from django.db import connection
from django.test import Client

import pytest

from cms.models import HomePage

pytestmark = pytest.mark.django_db


def test_the_migration_removes_the_block_from_pages_and_revisions(client: Client) -> None:
    home = HomePage.objects.get(locale__language_code="zh-hans")
    notice = {"type": "notice", "value": {"title": "停机", "text": "今晚"}, "id": "b"}
    goal = {"type": "goal", "value": {"title": "旧面板", "target_year": 2025, "target": "170"}}
    revision = home.save_revision()
    revision.content["sections"] = json.dumps([{**goal, "id": "a"}, notice])
    revision.save()
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {HomePage._meta.db_table} SET sections = %s WHERE {HomePage._meta.pk.column} = %s",
            [json.dumps([{**goal, "id": "a"}, notice]), home.pk],
        )
    # A page that still holds the block, before the migration has run, is shown without it.
    assert "旧面板" not in client.get("/").content.decode()
    module: Any = importlib.import_module("cms.migrations.0006_no_goal_block")
    (operation,) = module.Migration.operations
    operation.code(apps, None)
    home.refresh_from_db()
    assert list(home.sections.raw_data) == [notice]
    revision.refresh_from_db()
    assert json.loads(revision.content["sections"]) == [notice]
