"""Migration operations that hold up nobody: for tables that are full and in use.

On PostgreSQL they look through the table without locking writers out; elsewhere they are Django's own.
They belong in a migration with `atomic = False`, since a lock is kept until its transaction ends, and
can be run again after they were broken off.
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


class _Beside:
    """What both operations on an index have in common: beside the site on PostgreSQL, else as ever."""

    def describe(self) -> str:
        """What `migrate --plan` says."""
        return f"{super().describe()} beside the running site"  # type: ignore[misc]

    def _model(self, app_label: str, schema_editor: Any, state: Any) -> Any:
        """The model of that state if this database has it, else None."""
        model = state.apps.get_model(app_label, self.model_name)  # type: ignore[attr-defined]
        alias = schema_editor.connection.alias
        return model if self.allow_migrate_model(alias, model) else None  # type: ignore[attr-defined]


class AddIndexBeside(_Beside, AddIndex):
    """An index that is built beside the running site (CONCURRENTLY).

    What an earlier attempt left unfinished under this name is taken away first, and so is what this
    one leaves when it fails.
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
    """A rule that some rows are unique (a UniqueConstraint with a condition), built beside the site.

    Such a rule is an index. What an earlier attempt left unfinished under its name is taken away first.
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
    """An index that nobody needs any longer, taken away beside the running site."""

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
            # An INVALID index answers nothing and is kept up to date by every write. The session may
            # be gone; then the next attempt takes it away.
            with suppress(DatabaseError, InterfaceError):
                schema_editor.remove_index(model, index, concurrently=True)
            raise


def _take_away(schema_editor: Any, model: Any, index: Index) -> None:
    with _patience(schema_editor):
        schema_editor.remove_index(model, index, concurrently=True)


@contextmanager
def _patience(schema_editor: Any) -> Iterator[None]:
    """No lock timeout: CONCURRENTLY waits for the transactions before it, and nobody waits behind it."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        (before,) = cursor.fetchone()
    schema_editor.execute("SET lock_timeout = 0", params=None)
    try:
        yield
    finally:
        # A session that is gone has no limit to give back, and its own error says more.
        with suppress(DatabaseError, InterfaceError):
            schema_editor.execute(f"SET lock_timeout = '{before}'", params=None)
