"""The blocks for newest achievements and newest needs become one block that names its kind of listing.

A section of the home page was of the type `achievements` or `needs`. Now it is of the type `newest`, and the kind
is one of its values. Revisions are changed too, so that an older version can still be shown and restored.
"""

from django.db import migrations
from django.utils.deconstruct import deconstructible

from wagtail.blocks.migrations.migrate_operation import MigrateStreamData
from wagtail.blocks.migrations.operations import BaseBlockOperation


@deconstructible
class NameTheKind(BaseBlockOperation):
    """Move the kind of listing from the type of a block into its value."""

    def apply(self, block_value):
        return [
            {**child, "type": "newest", "value": {"kind": child["type"], **child["value"]}}
            if child["type"] in ("achievements", "needs")
            else child
            for child in block_value
        ]

    @property
    def operation_name_fragment(self):
        return "name_the_kind"


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0004_site_tree'),
    ]

    operations = [
        MigrateStreamData('cms', 'HomePage', 'sections', [(NameTheKind(), '')]),
    ]
