"""App configuration of the search engine."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Tables of the engine: suggestions, vocabulary and embeddings."""

    name = "search"
    label = "search"
    default_auto_field = "django.db.models.BigAutoField"
