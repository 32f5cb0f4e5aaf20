"""The sample service offers of `deploy/samples/offerings.json`, and the filings of `filings.json`."""

from typing import Any

from marketplace.kernel import clock
from marketplace.listings import samples
from marketplace.listings.samples import Row, day, fen_of_yuan
from marketplace.offerings import services
from marketplace.offerings.kind import KIND
from marketplace.offerings.models import Filing
from marketplace.parties.models import User
from marketplace.parties.services.samples import sample_organizations
from marketplace.web.samples import read
from marketplace.web.slices import Kept, Progress


def load(progress: Progress) -> None:
    """Load what is not there yet."""
    samples.load(KIND, _values, _children, progress)
    _load_filings()


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove every sample service offer and filing."""
    filings, _by_model = Filing.objects.filter(is_sample=True).delete()
    counts, kept = samples.remove(KIND)
    return counts | {"filings": filings}, kept


def _load_filings() -> None:
    owners = sample_organizations(read("organizations"))
    registrar = User.objects.get(email=samples.REGISTRAR)
    for row in read("filings"):
        organization = owners[row["organization"]]
        year = clock.today().year - row["years_ago"]
        if not organization.filings.filter(year=year).exists():
            services.record_filing(
                organization,
                year=year,
                kind=row["kind"],
                number=row["number"] % year,
                actor=registrar,
                is_sample=True,
            )


def _values(row: Row) -> dict[str, Any]:
    return {
        "price_min": fen_of_yuan(row.get("price_min_yuan")),
        "price_max": fen_of_yuan(row.get("price_max_yuan")),
    }


def _children(row: Row) -> dict[str, list[dict[str, Any]]]:
    held = [dict(item) for item in row.get("qualifications", [])]
    for item in held:
        item["valid_until"] = day(item.pop("valid_days", None))
    return {"qualifications": held, "equipment": [dict(item) for item in row.get("equipment", [])]}
