"""The shared web floor: design system, forms, error pages, rate limits."""

from functools import lru_cache

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import translation

#: Texts of one language whose translation is remembered; the product and its libraries have some 4,000.
_TEXTS = 8_192


class WebConfig(AppConfig):
    name = "marketplace.web"
    label = "web"
    verbose_name = _("网页基础")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Remember translations: each text is looked up in thirty catalogues, one after the other.

        Our own texts are Chinese and stand in none of the Chinese ones, so all were always asked.
        """
        for code, _name in settings.LANGUAGES:
            catalogue = translation(code)
            catalogue.gettext = lru_cache(_TEXTS)(catalogue.gettext)  # type: ignore[method-assign]
