"""Addresses of service offers: `public` is mounted by the portal, `workbench` by the workbench, `api` by the API."""

from marketplace.listings import urls as listings
from marketplace.offerings.kind import KIND

app_name = "offerings"

public = listings.public(KIND)
workbench = listings.workbench(KIND)
api = listings.api(KIND)
