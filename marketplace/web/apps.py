"""The shared web floor: design system, forms, error pages, rate limits."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "marketplace.web"
    label = "web"
    verbose_name = _("网页基础")
    default_auto_field = "django.db.models.BigAutoField"
