"""Who may do what with a service offer, and who records filings of organisations."""

from typing import Any

import rules

from marketplace.kernel.actors import Actor
from marketplace.listings.policies import register
from marketplace.parties.policies import access_of

register("offerings", "offering")

#: Who records the provincial filing of an organisation.
RECORDERS = ("operator", "registrar_city")


@rules.predicate
def records_filings(user: Actor, organization: Any) -> bool:
    """Staff of the city, but never for an organisation of their own."""
    access = access_of(user)
    own = organization is not None and access.in_org(organization.pk)
    return access.has(*RECORDERS) and not own


rules.add_perm("offerings.record_filing", records_filings)
