"""What almost every test begins with is made once for each process, and written again from memory.

Making the fixed cast takes 81 statements; writing the rows that it left takes one for each table.
"""

import copy
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection, transaction

from marketplace.kernel import clock
from marketplace.parties.models import Organization, User
from tests import flushed

Rows = dict[str, tuple[list[str], list[tuple[Any, ...]]]]
T = TypeVar("T")

#: What was made, by its maker: the objects, and the rows that they are.
_made: dict[Callable[[], Any], tuple[Any, Rows]] = {}


def made_again(make: Callable[[], T]) -> T:
    """What `make` returns, with its rows in the database; by `make` itself where memory will not do.

    That is when the test has people of its own already, or another time than the clock's.
    """
    alone = not User.objects.exists() and not Organization.objects.exists()
    if not alone or clock._offset:
        return make()
    if make not in _made:
        before = flushed.read()
        result = make()
        _made[make] = copy.deepcopy(result), _added(before, flushed.read())
        return result
    kept, rows = _made[make]
    # Foreign keys are looked at when the transaction ends: the tables come in no order.
    with transaction.atomic(), connection.cursor() as cursor:
        flushed.write(cursor, rows)
    return copy.deepcopy(kept)


def _added(before: Rows, after: Rows) -> Rows:
    found: Rows = {}
    for table, (columns, rows) in after.items():
        known = {repr(row) for row in before.get(table, ([], []))[1]}
        if new := [row for row in rows if repr(row) not in known]:
            found[table] = (columns, new)
    return found
