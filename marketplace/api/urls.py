"""The REST shell: version 1 mounts what each slice offers."""

from django.urls import include, path

from marketplace.api import views
from marketplace.web.slices import slices

app_name = "api"

v1 = [
    path("taxonomy/", views.TaxonomyList.as_view(), name="taxonomy_list"),
    path("taxonomy/<slug:scheme>/", views.TaxonomyDetail.as_view(), name="taxonomy_detail"),
    path("organizations/", views.OrganizationList.as_view(), name="organization_list"),
    path(
        "organizations/<str:code>/", views.OrganizationDetail.as_view(), name="organization_detail"
    ),
    path("search/", views.SearchView.as_view(), name="search"),
    *(address for declared in slices() for address in declared.addresses("api")),
]

urlpatterns = [
    path("v1/", include(v1)),
    path("schema/", views.SchemaView.as_view(), name="schema"),
    path("docs/", views.DocsView.as_view(url_name="api:schema"), name="docs"),
]
