"""The published figures of the sample book, with targets of its own."""

from marketplace.kernel.money import FEN_PER_YI
from marketplace.statistics import services
from marketplace.web.slices import Kept, Progress

#: Year → target in hundredths of 亿元, in the size of the sample contracts.
TARGETS = {2021: 20, 2022: 26, 2023: 40, 2024: 42, 2025: 50, 2026: 60}


def load(progress: Progress) -> None:
    """Publish what the rules of disclosure let through, year by year; what was published stays."""
    for year, hundredths in TARGETS.items():
        services.set_sample_target(year, hundredths * FEN_PER_YI // 100)
    years = services.sample_years()
    for number, year in enumerate(years, 1):
        services.issue_samples(year)
        progress("figures", number, len(years))


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove the figures of the sample book with its targets."""
    return services.remove_samples(), []
