"""The pages of needs: the shared listing pages, told what a need is."""

from functools import partial

from marketplace.listings import views as listings
from marketplace.needs.kind import KIND

need_list = partial(listings.list_listings, kind=KIND)
need_detail = partial(listings.show_listing, kind=KIND)
need_contact = partial(listings.show_contact, kind=KIND)
need_new = partial(listings.new_listing, kind=KIND)
need_edit = partial(listings.edit_listing, kind=KIND)
need_check = partial(listings.check_listing, kind=KIND)
need_export = partial(listings.export_listings, kind=KIND)
own_export = partial(listings.export_own, kind=KIND)
own_needs = partial(listings.own_listings, kind=KIND)
need_manage = partial(listings.manage_listing, kind=KIND)
need_act = partial(listings.act_on_listing, kind=KIND)
need_review = partial(listings.review_listing, kind=KIND)
needs_of_organization = partial(listings.list_of_organization, kind=KIND)
