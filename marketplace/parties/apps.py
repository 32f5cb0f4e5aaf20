"""Registers parties."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "marketplace.parties"
    label = "parties"
