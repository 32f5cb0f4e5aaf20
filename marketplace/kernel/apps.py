"""Registers the kernel, so that Django finds its two management commands."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "marketplace.kernel"
    label = "kernel"
