"""Registers needs."""

from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "marketplace.needs"
    label = "needs"
