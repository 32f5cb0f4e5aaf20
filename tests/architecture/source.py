"""The project's own source files, parsed once."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TREES = ("marketplace", "cms", "search", "deploy")


@cache
def modules() -> dict[Path, ast.Module]:
    """Every module that is not a migration, by its path from the root."""
    return {
        path.relative_to(ROOT): ast.parse(path.read_text(encoding="utf-8"))
        for tree in TREES
        for path in sorted((ROOT / tree).rglob("*.py"))
        if "migrations" not in path.parts
    }


@cache
def templates() -> dict[Path, str]:
    """Every template, by its path from the root."""
    return {
        path.relative_to(ROOT): path.read_text(encoding="utf-8")
        for tree in TREES
        for path in sorted((ROOT / tree).rglob("templates/**/*.html"))
    }
