"""Loading the seeds. An operator's edits are never overwritten."""

import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction

from marketplace.taxonomy import queries
from marketplace.taxonomy.models import Scheme, Term

SEEDS = Path(__file__).parent / "seeds"


def seed_after_migrate(using: str = "default", **_: Any) -> None:
    """The `post_migrate` receiver: seeds on the default database only."""
    if using == "default":
        load_seeds()


@transaction.atomic
def load_seeds() -> int:
    """Load every seed file whose version is newer than what is stored; return how many."""
    loaded = 0
    for path in sorted(SEEDS.glob("*.toml")):
        for order, seed in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["scheme"]):
            loaded += _load(seed, order)
    if loaded:
        queries.forget()
    return loaded


def _load(seed: dict[str, Any], order: int) -> bool:
    scheme, _made = Scheme.objects.get_or_create(
        code=seed["code"], defaults={"label": seed["label"], "seed_version": 0}
    )
    if scheme.seed_version >= seed["version"]:
        return False
    scheme.label, scheme.label_en = seed["label"], seed.get("label_en", "")
    scheme.source, scheme.editable = seed.get("source", ""), seed.get("editable", True)
    scheme.seed_version, scheme.order = seed["version"], order
    scheme.rev += 1
    scheme.save()
    kept = set(scheme.terms.filter(edited=True).values_list("code", flat=True))
    rows = [
        Term(scheme=scheme, code=code, label=label, label_en=english, order=place * 10)
        for place, (code, label, english) in enumerate(seed["terms"])
        if code not in kept
    ]
    Term.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["scheme", "code"],
        update_fields=["label", "label_en", "order"],
    )
    return True
