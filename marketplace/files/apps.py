"""Registers files."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "marketplace.files"
    label = "files"
