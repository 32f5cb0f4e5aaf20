"""The sample organisations and accounts of `deploy/samples`."""

from marketplace.parties.services import samples as services
from marketplace.web.samples import read
from marketplace.web.slices import Kept, Progress

#: Stands in docs/sample-accounts.md too; accounts exist only where SAMPLE_ACCOUNTS is on.
PASSWORD = "yimeng-demo-2026"  # noqa: S105 -- public on purpose


def load(progress: Progress) -> None:
    """Make or renew the organisations, then the accounts with their memberships and roles."""
    organizations = {
        row["key"]: services.load_sample_organization(row) for row in read("organizations")
    }
    progress("organizations", len(organizations), len(organizations))
    for row in read("accounts"):
        services.create_sample_user(
            row["email"],
            name=row["name"],
            password=PASSWORD,
            org=organizations.get(row.get("org", "")),
            org_role=row.get("org_role", "member"),
            roles=row.get("roles", []),
        )


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove what nothing real refers to."""
    return services.remove_samples()
