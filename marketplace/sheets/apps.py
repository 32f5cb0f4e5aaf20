"""Registers sheets."""

from django.apps import AppConfig


class SheetsConfig(AppConfig):
    name = "marketplace.sheets"
    label = "sheets"
