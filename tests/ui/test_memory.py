"""What is remembered for everybody, and what for one visitor only."""

from __future__ import annotations

import pytest

from core.problem import RunSpec
from core.ui.memory import is_own, remembered


class Made:
    """Every one is different."""


@remembered(max_entries=2)
def made(name: str) -> Made:
    return Made()


@pytest.mark.parametrize(
    ("what", "own"),
    [
        ("mine:1", True),
        (RunSpec(data="mine:1"), True),
        ("wikipedia", False),
        (RunSpec(), False),
        ("kept:mine:", False),
        (3, False),
        (None, False),
    ],
)
def test_what_is_about_a_visitors_own_text(what, own):
    assert is_own(what) is own


def test_results_on_own_texts_are_one_visitors_and_all_others_everybodys(visitors, inside):
    mine, ours = inside(made, "mine:1"), inside(made, "lee")
    assert inside(made, "mine:1") is mine
    visitors.be("second")
    assert inside(made, "lee") is ours
    assert inside(made, "mine:1") is not mine


def test_results_on_own_texts_go_with_the_visit_and_all_others_stay(visitors, inside):
    mine, ours = inside(made, "mine:1"), inside(made, "lee")
    visitors.leave()
    assert inside(made, "mine:1") is not mine
    assert inside(made, "lee") is ours


def test_what_is_remembered_is_bounded(inside):
    first = inside(made, "mine:1")
    for n in range(2, 5):
        inside(made, f"mine:{n}")
    assert inside(made, "mine:1") is not first
