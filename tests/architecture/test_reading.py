"""Rows that are read while others write."""

import ast

from tests.architecture.source import modules

#: Where `iterator()` may hold a statement open: nothing is written on the connection until it has ended.
READ_ONLY = {
    "marketplace/achievements/queries.py": "known_texts: gone through at once",
    "marketplace/kernel/unreadable.py": "streamed: a look through the rows, within one request",
    "marketplace/records/views/data.py": "streamed: the package of a year, within one request that writes nothing",
    "marketplace/registration/services/verification.py": "the check of the ledger reads, and writes nothing until it has ended",
    "search/vectors.py": "the memory map is made from it, and that is a file",
}


def test_long_work_reads_in_pages():
    """Over an open statement SQLite refuses a write: see `kernel.pages`."""
    found = {
        str(path)
        for path, module in modules().items()
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "iterator"
    }
    assert found == set(READ_ONLY)
