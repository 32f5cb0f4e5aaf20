"""The published figures of the sample book."""

from marketplace.statistics import services
from marketplace.web.slices import Kept, Progress


def load(progress: Progress) -> None:
    """Publish what the rules of disclosure let through, year by year; what was published stays."""
    years = services.sample_years()
    for number, year in enumerate(years, 1):
        services.issue_samples(year)
        progress("figures", number, len(years))


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove the figures of the sample book with its targets."""
    return services.remove_samples(), []
