"""The official register from a file: `columns` reads cells, `plan` says what each row becomes, `runs` are the jobs."""

from marketplace.registration.imports.runs import run_check, run_import

__all__ = ["run_check", "run_import"]
