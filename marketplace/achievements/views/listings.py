"""The pages of achievements: the shared listing pages, told what an achievement is."""

from functools import partial

from marketplace.achievements.kind import KIND
from marketplace.listings import views as listings

achievement_list = partial(listings.list_listings, kind=KIND)
achievement_detail = partial(listings.show_listing, kind=KIND)
achievement_contact = partial(listings.show_contact, kind=KIND)
achievement_new = partial(listings.new_listing, kind=KIND)
achievement_edit = partial(listings.edit_listing, kind=KIND)
achievement_check = partial(listings.check_listing, kind=KIND)
achievement_export = partial(listings.export_listings, kind=KIND)
own_export = partial(listings.export_own, kind=KIND)
own_achievements = partial(listings.own_listings, kind=KIND)
achievement_manage = partial(listings.manage_listing, kind=KIND)
achievement_act = partial(listings.act_on_listing, kind=KIND)
achievement_review = partial(listings.review_listing, kind=KIND)
achievements_of_organization = partial(listings.list_of_organization, kind=KIND)
