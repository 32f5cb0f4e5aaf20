"""The block with a typed target of turnover goes: the panel of statistics shows the figure and its target.

The target that an editor typed was a second one beside `statistics.Target`. Revisions are changed too, so that an
older version can still be shown and restored. The way back restores no block: what was typed is gone.
"""

from django.db import migrations

from wagtail.blocks.migrations.migrate_operation import MigrateStreamData
from wagtail.blocks.migrations.operations import RemoveStreamChildrenOperation


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0005_newest_of_any_kind'),
    ]

    operations = [
        MigrateStreamData('cms', 'HomePage', 'sections', [(RemoveStreamChildrenOperation('goal'), '')]),
    ]
