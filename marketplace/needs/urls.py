"""Addresses of needs: `public` is mounted by the portal, `workbench` by the workbench, `api` by the API."""

from marketplace.listings import urls as listings
from marketplace.needs.kind import KIND

app_name = "needs"

public = listings.public(KIND)
workbench = listings.workbench(KIND)
api = listings.api(KIND)
