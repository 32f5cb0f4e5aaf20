"""Blocks may change without a migration."""

import re
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

import pytest

from cms.blocks import BodyBlock
from cms.fields import StreamField


def test_a_migration_records_no_block() -> None:
    field = StreamField(BodyBlock(), blank=True, verbose_name="正文")
    field.set_attributes_from_name("body")
    assert field.deconstruct() == ("body", "cms.fields.StreamField", [], {"blank": True})
    rebuilt = StreamField(blank=True)
    assert list(rebuilt.stream_block.child_blocks) == []


def test_no_block_stands_in_a_migration_file() -> None:
    folder = Path(settings.BASE_DIR) / "cms" / "migrations"
    text = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("0*.py"))
    fields = re.findall(r"cms\.fields\.StreamField\((.*?)\)\)", text)
    assert fields
    assert set(fields) == {"blank=True"}
    # Operations on stored blocks name no block class.
    assert not re.search(r"wagtail\.blocks(?!\.migrations)", text)


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", "cms", check=True, dry_run=True, verbosity=0)
