"""What the shells need to know of code lists."""

from django.utils.translation import gettext_lazy as _

from marketplace.taxonomy.policies import operates
from marketplace.web.slices import MenuItem, Slice

SLICE = Slice(
    "taxonomy",
    "marketplace.taxonomy.urls",
    menu=(MenuItem(_("分类与代码"), "taxonomy:schemes", "list", "manage", 50, operates),),
)
