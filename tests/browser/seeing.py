"""A run as it is seen: trained, and read at its end; and a page as a lesson opens it."""

from __future__ import annotations

from playwright.sync_api import expect

from core.lessons import lesson

PROMISED = {  # what stands on the page that a lesson's link opens, and nowhere before it has been understood
    "company": "seen together (weighted)",
    "staircase": "finished: step",
    "start": "melted together",
    "dimensions": "Nearest words in all 30 dimensions",
    "analogies": "man : woman :: king",
    "order": "Take months",
    "limits": "nearly as strong as each other",
    "planted": "What was planted",
}
QUICK = "V=500&d=10&until=5&speed=full&step=0.3"
SHOWN = ".sv[data-snapshots]"


def by_lesson(visit, name: str, more: str = ""):
    """The page that a lesson's link opens, which keeps what the lesson promises; ``more`` is added to the address."""
    page = visit(lesson(name).link + more)
    expect(page.locator("[data-testid=stMain]")).to_contain_text(PROMISED[name])
    return page


def train(page) -> None:
    """Press Train and wait for the end."""
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_selector(".sv[data-state=finished]")
    page.wait_for_function("() => +document.querySelector('.sv').dataset.time > 0")


def to_the_end(page, view: str = "sv") -> None:
    """Scrub to the last snapshot of a run (``sv``) or of several (``pn``); the player glides there, frame by frame."""
    page.locator(f".{view}-bar input[type=range]").press("End")
    page.wait_for_function(
        """(view) => {
          const { time } = document.querySelector(`.${view}`).dataset;
          const { max } = document.querySelector(`.${view}-bar input[type=range]`);
          window.rest = window.rest?.time === time ? { time, frames: window.rest.frames + 1 } : { time, frames: 0 };
          return +time > 0.999 * max && window.rest.frames > 4;
        }""",
        arg=view,
    )
