"""What the shells and the pages of others need to know of the registration."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.kernel import clock
from marketplace.parties.policies import REGISTRARS, Role, access_of
from marketplace.registration import queries, samples
from marketplace.registration.queries.imports import imports_read_by
from marketplace.registration.queries.ledger import waiting_to_close
from marketplace.registration.queries.records import golden_filings, registered_of_listings
from marketplace.registration.rulebook.ledger import month_of
from marketplace.registration.workflow import PERIOD
        Contribution("listing.badges", 20, _badges, "registration/slot_badge.html"),
    ),
)
