"""Pages of the API: `?page=` and `?page_size=`, bounded."""

from rest_framework.pagination import PageNumberPagination


class ApiPagination(PageNumberPagination):
    """20 rows a page, at most 100."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100
