"""A run as it is seen: trained, and read at its end."""

from __future__ import annotations

QUICK = "V=500&d=10&until=5&speed=full&step=0.3"
SHOWN = ".sv[data-snapshots]"


def train(page) -> None:
    """Press Train and wait for the end."""
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_selector(".sv[data-state=finished]")
    page.wait_for_function("() => +document.querySelector('.sv').dataset.time > 0")


def to_the_end(page) -> None:
    """Scrub to the last snapshot; the player glides there."""
    page.locator(".sv-bar input[type=range]").press("End")
    page.wait_for_function(
        "() => +document.querySelector('.sv').dataset.time"
        " > 0.9999999 * document.querySelector('.sv-host').staircase.series.end"
    )
