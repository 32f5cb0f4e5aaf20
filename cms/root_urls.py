"""Addresses without a language: files of pages, and doors of Wagtail's admin that are ours."""

from django.urls import include, path, re_path

from wagtail.admin.auth import require_admin_access
from wagtail.documents import urls as document_urls

from cms import views

urlpatterns = [
    path("cms/login/", views.admin_sign_in),
    path("cms/account/", require_admin_access(views.EditorAccountView.as_view())),
    re_path(r"^cms/(users|groups|password_reset|failwhale)/", views.shut),
    # Wagtail's choosers take any word for a number and answer 500.
    re_path(r"^cms/.+/chosen/(?!\d+/$)[^/]+/$", views.shut),
    path("sitemap-pages.xml", views.sitemap),
    path("documents/", include(document_urls)),
    path("media/images/<path:path>", views.media),
]
