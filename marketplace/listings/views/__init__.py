"""The pages of every kind of listing; `listings.urls` gives them a `ListingKind`."""

from marketplace.listings.views.export import export_listings, export_own
from marketplace.listings.views.imports import (
    import_new,
    import_problems,
    import_show,
    import_template,
)
from marketplace.listings.views.manage import act_on_listing, manage_listing, own_listings
from marketplace.listings.views.public import (
    list_listings,
    list_of_organization,
    show_contact,
    show_listing,
)
from marketplace.listings.views.review import review_listing
from marketplace.listings.views.wizard import check_listing, edit_listing, new_listing

__all__ = [
    "act_on_listing",
    "check_listing",
    "edit_listing",
    "export_listings",
    "export_own",
    "import_new",
    "import_problems",
    "import_show",
    "import_template",
    "list_listings",
    "list_of_organization",
    "manage_listing",
    "new_listing",
    "own_listings",
    "review_listing",
    "show_contact",
    "show_listing",
]
