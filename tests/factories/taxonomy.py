"""A code list of its own for tests: they neither depend on the seeds nor change them."""

from datetime import date
from typing import Any

from marketplace.taxonomy.models import Scheme, Shape, Term


def make_scheme(code: str = "colour", **fields: Any) -> Scheme:
    """An empty, editable list whose codes are paths."""
    fields.setdefault("label", "颜色")
    fields.setdefault("shape", Shape.PATH)
    return Scheme.objects.create(code=code, **fields)


def make_term(scheme: Scheme, code: str, label: str = "", **fields: Any) -> Term:
    """A term that holds since 2021; its parent is taken from the path."""
    fields.setdefault("parent", code.rpartition(".")[0])
    fields.setdefault("valid_from", date(2021, 1, 1))
    fields.setdefault("order", scheme.terms.count() * 10 + 10)
    return Term.objects.create(scheme=scheme, code=code, label=label or code, **fields)
