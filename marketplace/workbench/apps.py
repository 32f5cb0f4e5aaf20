"""Registers workbench."""

from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    name = "marketplace.workbench"
    label = "workbench"
