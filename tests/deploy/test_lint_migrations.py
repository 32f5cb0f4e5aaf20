"""The migration linter: it passes ours, and it does see what would hold up a site."""

import sys
import types
from pathlib import Path

from django.db import connection, migrations, models

import pytest

from deploy import lint_migrations
from marketplace.kernel.operations import AddCheck, AddIndexBeside, RemoveIndexBeside

CHECK = models.CheckConstraint(condition=models.Q(rev__gt=0), name="tried")
INDEX = models.Index(fields=["title"], name="tried")


def migration(*operations, atomic=True):
    made = migrations.Migration("0009_tried", "needs")
    made.operations, made.atomic, made.initial = list(operations), atomic, False
    return made


@pytest.mark.parametrize(
    ("operation", "atomic", "complaint"),
    [
        (
            migrations.AddConstraint("need", CHECK),
            True,
            "use AddCheck, ReplaceCheck or AddUniqueBeside",
        ),
        (migrations.AddIndex("need", INDEX), True, "use AddIndexBeside"),
        (migrations.RemoveIndex("need", "tried"), True, "use RemoveIndexBeside"),
        (AddCheck("need", CHECK), True, "must not be atomic"),
        (AddIndexBeside("need", INDEX), True, "must not be atomic"),
        (RemoveIndexBeside("need", "tried"), True, "must not be atomic"),
        (AddCheck("need", CHECK), False, None),
        (AddIndexBeside("need", INDEX), False, None),
        (RemoveIndexBeside("need", "tried"), False, None),
        (migrations.AddField("need", "x", models.IntegerField(null=True)), True, None),
    ],
)
def test_checks_and_indexes_come_in_without_locks(operation, atomic, complaint):
    found = list(lint_migrations.complaints(migration(operation, atomic=atomic)))
    assert [complaint in one for one in found] == ([True] if complaint else [])


def test_a_table_that_the_migration_itself_makes_is_nobodys_yet():
    table = migrations.CreateModel("Fresh", [("id", models.BigAutoField(primary_key=True))])
    made = migration(table, migrations.AddIndex("fresh", models.Index(fields=["id"], name="t")))
    assert list(lint_migrations.complaints(made)) == []


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL (its SQL is read)")
@pytest.mark.django_db
class TestTheLinterItself:
    def test_ours_are_safe(self):
        assert lint_migrations.unsafe() == 0

    @pytest.mark.parametrize(
        "operation",
        [
            migrations.AddField(
                "need", "x", models.ForeignKey("parties.User", models.PROTECT, null=True)
            ),
            migrations.AlterField(
                "need", "district", models.CharField(max_length=6, blank=True, db_index=True)
            ),
            migrations.AddField("need", "x", models.IntegerField(default=0)),
            migrations.RenameField("need", "title", "name"),
            migrations.RemoveField("need", "title"),
            migrations.AlterField("need", "title", models.TextField()),
        ],
        ids=["foreign-key", "index", "not-null", "rename", "drop", "alter"],
    )
    def test_what_holds_up_or_breaks_the_running_version_is_found(
        self, operation, monkeypatch, capfd, tmp_path
    ):
        from django.db.migrations.loader import MigrationLoader

        load = MigrationLoader.load_disk

        def load_one_more(self):
            load(self)
            made = migration(operation)
            made.dependencies = [("needs", "0002_checks_and_indexes")]
            self.disk_migrations["needs", made.name] = made

        # The linter wants to see a file.
        module = types.ModuleType("marketplace.needs.migrations.0009_tried")
        module.__file__ = str(tmp_path / "0009_tried.py")
        Path(module.__file__).touch()
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setattr(MigrationLoader, "load_disk", load_one_more)
        assert lint_migrations.unsafe() == 1
        assert "0009_tried" in capfd.readouterr().out
