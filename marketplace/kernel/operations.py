"""Migration operations for large tables that are in use: they do not block writers.

On PostgreSQL they scan the table without a lock that blocks writes; elsewhere they are Django's own.
They need a migration with `atomic = False`, because a lock is kept until its transaction ends. After an
interruption they can be run again.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.db.migrations.operations import AddConstraint, AddIndex, RemoveIndex
from django.db.models import CheckConstraint, Index, UniqueConstraint


def _is_postgresql(schema_editor: Any) -> bool:
    return bool(schema_editor.connection.vendor == "postgresql")


class AddCheck(AddConstraint):
    """Adds a CHECK for new rows first, then validates the existing rows.

    A constraint of the same name is replaced. Raises IntegrityError when an existing row violates it:
    then the constraint holds for new rows only, until the row is corrected and the migration run again.
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
        # One statement, so that there is no moment without a constraint.
        added = str(create).removeprefix(f"ALTER TABLE {table} ")
        schema_editor.execute(
            f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}, {added} NOT VALID", params=None
        )
        schema_editor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}", params=None)

    def describe(self) -> str:
        """What `migrate --plan` says."""
        return f"{super().describe()} without locking writers out"


class ReplaceCheck(AddCheck):
    """Replaces a CHECK of the same name."""

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
        """Restores the previous constraint."""
        self._drop(app_label, schema_editor, from_state)
        model = to_state.apps.get_model(app_label, self.model_name)
        before = to_state.models[app_label, self.model_name_lower]
        schema_editor.add_constraint(model, before.get_constraint_by_name(self.constraint.name))

    def _drop(self, app_label: str, schema_editor: Any, state: Any) -> None:
        model = state.apps.get_model(app_label, self.model_name)
        now = state.models[app_label, self.model_name_lower]
        schema_editor.remove_constraint(model, now.get_constraint_by_name(self.constraint.name))


class _Beside:
    """Shared by the index operations: CONCURRENTLY on PostgreSQL, Django's own elsewhere."""

    def describe(self) -> str:
        """What `migrate --plan` says."""
        return f"{super().describe()} beside the running site"  # type: ignore[misc]

    def _model(self, app_label: str, schema_editor: Any, state: Any) -> Any:
        """The model of that migration state, or None when this database does not have it."""
        model = state.apps.get_model(app_label, self.model_name)  # type: ignore[attr-defined]
        alias = schema_editor.connection.alias
        return model if self.allow_migrate_model(alias, model) else None  # type: ignore[attr-defined]


class AddIndexBeside(_Beside, AddIndex):
    """Creates an index CONCURRENTLY, while the site is running.

    An unfinished index of an earlier attempt is dropped first; so is the one of this attempt if it fails.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """See `AddIndex`."""
        if not _is_postgresql(schema_editor):
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        elif model := self._model(app_label, schema_editor, to_state):
            _build(schema_editor, model, self.index)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """See `AddIndex`."""
        if not _is_postgresql(schema_editor):
            super().database_backwards(app_label, schema_editor, from_state, to_state)
        elif model := self._model(app_label, schema_editor, from_state):
            _take_away(schema_editor, model, self.index)


class AddUniqueBeside(_Beside, AddConstraint):
    """Creates a UniqueConstraint with a condition CONCURRENTLY, while the site is running.

    Such a constraint is an index. An unfinished one of an earlier attempt is dropped first.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """See `AddConstraint`."""
        if not isinstance(self.constraint, UniqueConstraint) or self.constraint.condition is None:
            raise TypeError("AddUniqueBeside is for unique constraints with a condition")
        if not _is_postgresql(schema_editor):
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        elif model := self._model(app_label, schema_editor, to_state):
            create = str(self.constraint.create_sql(model, schema_editor))
            create = create.replace("UNIQUE INDEX", "UNIQUE INDEX CONCURRENTLY", 1)
            name = schema_editor.quote_name(self.constraint.name)
            drop = f"DROP INDEX CONCURRENTLY IF EXISTS {name}"
            with _patience(schema_editor):
                schema_editor.execute(drop, params=None)
                try:
                    schema_editor.execute(create, params=None)
                except DatabaseError:
                    with suppress(DatabaseError, InterfaceError):
                        schema_editor.execute(drop, params=None)
                    raise


class RemoveIndexBeside(_Beside, RemoveIndex):
    """Drops an index CONCURRENTLY, while the site is running."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """See `RemoveIndex`."""
        if not _is_postgresql(schema_editor):
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        elif model := self._model(app_label, schema_editor, from_state):
            _take_away(schema_editor, model, self._index(app_label, from_state))

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """See `RemoveIndex`."""
        if not _is_postgresql(schema_editor):
            super().database_backwards(app_label, schema_editor, from_state, to_state)
        elif model := self._model(app_label, schema_editor, to_state):
            _build(schema_editor, model, self._index(app_label, to_state))

    def _index(self, app_label: str, state: Any) -> Index:
        index: Index = state.models[app_label, self.model_name_lower].get_index_by_name(self.name)
        return index


def _build(schema_editor: Any, model: Any, index: Index) -> None:
    with _patience(schema_editor):
        schema_editor.remove_index(model, index, concurrently=True)
        try:
            schema_editor.add_index(model, index, concurrently=True)
        except DatabaseError:
            # An INVALID index is never used for reading but costs every write. If the session is lost,
            # the next attempt drops the index.
            with suppress(DatabaseError, InterfaceError):
                schema_editor.remove_index(model, index, concurrently=True)
            raise


def _take_away(schema_editor: Any, model: Any, index: Index) -> None:
    with _patience(schema_editor):
        schema_editor.remove_index(model, index, concurrently=True)


@contextmanager
def _patience(schema_editor: Any) -> Iterator[None]:
    """Without a lock timeout: CONCURRENTLY waits for older transactions, and blocks nobody meanwhile."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        (before,) = cursor.fetchone()
    schema_editor.execute("SET lock_timeout = 0", params=None)
    try:
        yield
    finally:
        # A lost session has no timeout to restore; the error that lost it is more useful.
        with suppress(DatabaseError, InterfaceError):
            schema_editor.execute(f"SET lock_timeout = '{before}'", params=None)
