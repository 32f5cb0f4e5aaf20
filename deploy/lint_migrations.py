"""Part of `make check`: no migration that would hold up or break a site that is running.

django-migration-linter reads the SQL that PostgreSQL would be given (a throw-away server is asked for
it): columns that the version before cannot do without, rewrites of tables, locks. Added to it here:
checks and indexes of tables that exist come in by `kernel.operations`. The first migration of each
slice is not looked at: nobody was running it.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deploy.services import Missing, PostgreSQL, environment, started

ROOT = Path(__file__).resolve().parents[1]
TREES = ("marketplace", "cms", "search")
#: Migrations that the linter takes for unsafe and that were found safe, and why.
REVIEWED = {
    "0001_rate_bucket": "makes its table",
    "0004_memberships_end": "unique among fewer rows than by the rule it replaces; built beside the site",
    "0002_consent_of_visitors": "columns, a unique one and a check of tables that came with its version: no rows",
    "0003_intents_leads_and_keeping": "columns and indexes of enquiries, a table that came with its version: no rows",
    "0002_stages_of_lots": "columns of lots, a table that came with its version: no rows",
    "0011_origin_award": "unique among contracts of awards, which none was before; built beside the site",
    "0006_platform_role_district": "a platform has some dozen roles; all of them meet the check",
    "0005_newest_of_any_kind": "Wagtail's own operation, whose function has other names for its arguments",
    "0006_no_goal_block": "Wagtail's own operation, whose function has other names for its arguments",
    "0002_jobs_cancelled_leases_tallies": "varchar(8) to varchar(12) changes the catalogue only",
}


def main() -> int:
    """1 when a migration is not safe, or when CI has no PostgreSQL; else 0."""
    try:
        with started(PostgreSQL) as servers:
            os.environ |= environment(servers) | {"DJANGO_SETTINGS_MODULE": "deploy.settings.test"}
            import django  # noqa: PLC0415 -- after the address of the database is known

            django.setup()
            return int(bool(unsafe()))
    except Missing as error:
        sys.stdout.write(f"没有 {error}：迁移没有检查。\n")
        return int(os.environ.get("REQUIRE_ALL") == "1")


def unsafe() -> int:
    """How many migrations of the product are not safe; says which and why."""
    from django.apps import apps  # noqa: PLC0415 -- after set-up
    from django.db import connection  # noqa: PLC0415
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415

    from django_migration_linter import MigrationLinter  # noqa: PLC0415

    own = [config.label for config in apps.get_app_configs() if config.name.split(".")[0] in TREES]
    linter = MigrationLinter(
        str(ROOT),
        include_apps=own,
        ignore_initial_migrations=True,
        ignore_name=list(REVIEWED),
        no_cache=True,
        # An index that locks its table is a warning to the linter, and an outage to whoever writes then.
        all_warnings_as_errors=True,
        quiet=["ok", "ignore"],
    )
    linter.lint_all_migrations()
    found: int = linter.nb_erroneous
    migrations = MigrationLoader(connection).disk_migrations
    for (label, name), migration in sorted(migrations.items()):
        if label in own and not migration.initial and name not in REVIEWED:
            for complaint in complaints(migration):
                sys.stdout.write(f"({label}, {name})... ERR\n\t{complaint}\n")
                found += 1
    return found


def complaints(migration: Any) -> Iterator[str]:
    """What this migration does to tables in use that it should do otherwise."""
    from django.db.migrations import operations  # noqa: PLC0415 -- after set-up

    from marketplace.kernel.operations import (  # noqa: PLC0415
        AddCheck,
        AddIndexBeside,
        AddUniqueBeside,
        RemoveIndexBeside,
    )

    made = {
        operation.name_lower
        for operation in migration.operations
        if isinstance(operation, operations.CreateModel)
    }
    careful = AddCheck | AddIndexBeside | AddUniqueBeside | RemoveIndexBeside
    for operation in migration.operations:
        if getattr(operation, "model_name_lower", "") in made:
            continue
        if isinstance(operation, careful):
            if migration.atomic:
                yield f"{operation.describe()}: the migration must not be atomic"
        elif isinstance(operation, operations.AddConstraint):
            yield f"{operation.describe()}: use AddCheck, ReplaceCheck or AddUniqueBeside"
        elif isinstance(operation, operations.AddIndex):
            yield f"{operation.describe()}: use AddIndexBeside"
        elif isinstance(operation, operations.RemoveIndex):
            yield f"{operation.describe()}: use RemoveIndexBeside"


if __name__ == "__main__":
    sys.exit(main())
