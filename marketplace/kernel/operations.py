"""Migration operations that hold up nobody: for tables that are full and in use.

On PostgreSQL they look through the table without locking writers out; elsewhere they are Django's own.
They belong in a migration with `atomic = False`, since a lock is kept until its transaction ends, and
can be run again after they were broken off.
"""

from typing import Any

from django.db.migrations.operations import AddConstraint, AddIndex
from django.db.models import CheckConstraint


def _is_postgresql(schema_editor: Any) -> bool:
    return bool(schema_editor.connection.vendor == "postgresql")


class AddCheck(AddConstraint):
    """A CHECK that new rows must meet at once, and old ones are looked through for afterwards.

    A constraint of the same name is replaced. IntegrityError when an old row does not meet it: the
    constraint then holds for new rows only, until the row is mended and the migration run again.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """See `AddConstraint`."""
        if not _is_postgresql(schema_editor):
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        if not isinstance(self.constraint, CheckConstraint):
            raise TypeError("AddCheck is for CHECK constraints")
        table = schema_editor.quote_name(model._meta.db_table)  # noqa: SLF001 -- Django's documented name
        name = schema_editor.quote_name(self.constraint.name)
        create = self.constraint.create_sql(model, schema_editor)
        # One statement: the old rule holds until the new one does.
        added = str(create).removeprefix(f"ALTER TABLE {table} ")
        schema_editor.execute(
            f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}, {added} NOT VALID", params=None
        )
        schema_editor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}", params=None)

    def describe(self) -> str:
        """What `migrate --plan` says."""
        return f"{super().describe()} without locking writers out"


class ReplaceCheck(AddCheck):
    """A CHECK in place of one of the same name."""

    def state_forwards(self, app_label: str, state: Any) -> None:
        """See `AddConstraint`."""
        state.remove_constraint(app_label, self.model_name_lower, self.constraint.name)
        super().state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """See `AddConstraint`."""
        if not _is_postgresql(schema_editor):
            self._drop(app_label, schema_editor, from_state)
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """The rule that was there before comes back."""
        self._drop(app_label, schema_editor, from_state)
        model = to_state.apps.get_model(app_label, self.model_name)
        before = to_state.models[app_label, self.model_name_lower]
        schema_editor.add_constraint(model, before.get_constraint_by_name(self.constraint.name))

    def _drop(self, app_label: str, schema_editor: Any, state: Any) -> None:
        model = state.apps.get_model(app_label, self.model_name)
        now = state.models[app_label, self.model_name_lower]
        schema_editor.remove_constraint(model, now.get_constraint_by_name(self.constraint.name))


class AddIndexBeside(AddIndex):
    """An index that is built beside the running site (CONCURRENTLY).

    What an earlier attempt left unfinished under this name is taken away first.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """See `AddIndex`."""
        if not _is_postgresql(schema_editor):
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            name = schema_editor.quote_name(self.index.name)
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}", params=None)
            schema_editor.add_index(model, self.index, concurrently=True)

    def describe(self) -> str:
        """What `migrate --plan` says."""
        return f"{super().describe()} beside the running site"
