"""The address after a choice: a poll that does not know of it yet does not take it back, but going back does."""

from __future__ import annotations

import pytest

from core.ui import parameters


class Again(Exception):
    """The page runs again."""


class Visit:
    """A visit as Streamlit hands it to a script: every call of the browser brings the address that it knows."""

    def __init__(self) -> None:
        self.session_state: dict = {}
        self.query_params: dict[str, str] = {}

    def rerun(self) -> None:
        raise Again

    def chooses(self, **chosen: str | None) -> None:
        """A whole run, in whose callback parameters are written."""
        for key, value in chosen.items():
            parameters.write(key, value)
        parameters.settle()

    def calls(self, **known: str) -> None:
        """A whole run for any other reason."""
        self.query_params = known
        parameters.settle()

    def polls(self, **known: str) -> dict[str, str]:
        """The address with which a polled part, called with this one, has the page run again."""
        self.query_params = known
        with pytest.raises(Again):
            parameters.rerun()
        return self.query_params


@pytest.fixture
def visit(monkeypatch) -> Visit:
    visit = Visit()
    monkeypatch.setattr(parameters, "st", visit)
    return visit


def test_a_poll_from_before_a_choice_does_not_take_it_back(visit):
    visit.chooses(case="large")
    assert visit.polls() == {"case": "large"}
    visit.chooses(case=None)
    assert visit.polls(case="large", word="city") == {"word": "city"}


def test_a_poll_that_knows_the_choice_is_believed(visit):
    visit.chooses(case="large")
    assert visit.polls(case="large", depth="7") == {"case": "large", "depth": "7"}


def test_who_goes_back_stays_there(visit):
    visit.chooses(case="large")
    visit.calls(case="large")
    visit.calls()
    assert visit.polls() == {}


def test_only_the_last_choice_counts(visit):
    visit.chooses(case="large")
    visit.chooses(case="small")
    assert visit.polls(case="large") == {"case": "small"}
    assert visit.polls(data="text8") == {"case": "small", "data": "text8"}


def test_what_stands_there_already_is_not_written_again(visit):
    visit.query_params = {"runs": "a,b"}
    visit.chooses(runs="a,b", trained=None)
    assert visit.session_state == {"written": {}}
