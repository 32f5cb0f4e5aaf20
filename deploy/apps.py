"""App configuration of the composition root: the checks of a whole site."""

from django.apps import AppConfig


class DeployConfig(AppConfig):
    """No tables; registers `deploy.checks`."""

    name = "deploy"

    def ready(self) -> None:
        """Register the checks, and refuse to start where no page would answer."""
        from deploy import checks  # noqa: PLC0415 -- once the apps are there

        checks.at_start()
