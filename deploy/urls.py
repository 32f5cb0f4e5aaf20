"""Every URL of the site: the composition root mounts the shells, which mount the slices."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from deploy import health, metrics

urlpatterns = [
    path("health/", health.live, name="health"),
    path("health/ready/", health.ready, name="health_ready"),
    path("health/metrics/", metrics.metrics, name="metrics"),
    path("", include("cms.root_urls")),
    path("cms/", include(wagtailadmin_urls)),
    path("api/", include("marketplace.api.urls")),
    path("", include("marketplace.web.urls")),
    path("", include("marketplace.portal.root_urls")),
]
urlpatterns += i18n_patterns(
    path("accounts/", include("marketplace.parties.account_urls")),
    path("workbench/", include("marketplace.workbench.urls")),
    path("", include("marketplace.portal.urls")),
    path("", include("cms.urls")),
    path("", include(wagtail_urls)),
    prefix_default_language=False,
)

handler400 = "marketplace.web.views.bad_request"
handler403 = "marketplace.web.views.permission_denied"
handler404 = "marketplace.web.views.not_found"
handler429 = "marketplace.web.views.too_many_requests"  # allauth looks for it here
handler500 = "marketplace.web.views.server_error"
