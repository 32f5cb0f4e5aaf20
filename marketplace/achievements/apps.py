"""Registers achievements."""

from django.apps import AppConfig


class AchievementsConfig(AppConfig):
    name = "marketplace.achievements"
    label = "achievements"
