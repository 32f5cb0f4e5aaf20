"""Redirects that editors keep, asked for only where there is one."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponseBase
from django.utils.encoding import uri_to_iri

from wagtail.contrib.redirects import middleware, models

from cms.site_tree import site_tree


class RedirectMiddleware(middleware.RedirectMiddleware):
    """Wagtail's, which asks the database up to four times for each address that does not exist."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """A redirect in place of a 404."""
        if response.status_code != 404:
            return response
        path = models.Redirect.normalise_path(request.get_full_path(), decode_unicode=False)
        asked = {path, urlsplit(path).path}
        if site_tree(request).redirects.isdisjoint(asked | {uri_to_iri(one) for one in asked}):
            return response
        found: HttpResponseBase = super().process_response(request, response)
        return found
