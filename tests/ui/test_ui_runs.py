"""Runs that everybody shares: in the queue, trained, kept, and read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from core.frames import Frame
from core.gate import Ticket
from core.problem import RunSpec
from core.runfile import Entry, Finished
from core.runs import State
from core.training import Snapshot
from core.ui import runs
from core.ui.lab import CANNED, lab
from core.ui.runs import AT_ONCE, FOLDER, canned, gate, identity, kept, queued_run, shared, stored

SPEC = RunSpec(vocab_size=60, dim=3, seed=41, untied=True)


@pytest.fixture
def busy() -> Iterator[list[Ticket]]:
    """Everything that may compute at once is taken, until the tickets leave."""
    tickets = [gate().ticket() for _ in range(AT_ONCE)]
    yield tickets
    for ticket in tickets:
        ticket.leave()


def file_of(spec: RunSpec) -> Path:
    return FOLDER / f"{identity(lab(spec))}.npz"


def entry(asked: str) -> Entry | None:
    """What the store lists under an id."""
    return next((one for one in runs.store().entries() if one.id == asked), None)


def forget(spec: RunSpec) -> None:
    """This server has never seen this recipe; its folder may have."""
    runs._opened.clear(identity(lab(spec)))
    runs.shared_runs().forget(spec)
    runs._finished.clear()


def forget_for_good(spec: RunSpec) -> None:
    forget(spec)
    file_of(spec).unlink(missing_ok=True)


def assert_same(one: Finished, other: Finished) -> None:
    """Bit by bit."""
    assert one is not other
    assert one.message == other.message
    assert len(one.frames) == len(other.frames) > 2
    pairs = [(Frame, *both) for both in zip(one.frames, other.frames, strict=True)]
    for owner, mine, yours in [*pairs, (Snapshot, one.last, other.last)]:
        for field in fields(owner):
            a, b = np.asarray(getattr(mine, field.name)), np.asarray(getattr(yours, field.name))
            assert (a.dtype, a.shape, a.tolist()) == (b.dtype, b.shape, b.tolist()), field.name


def test_a_shared_run_waits_is_trained_and_is_then_read_from_the_store(busy: list[Ticket]) -> None:
    forget_for_good(SPEC)
    before = shared(SPEC)
    assert (before.moving, before.state, before.done) == (True, "running", None)
    assert before.place >= 1
    assert before.frames[0].step == 0
    assert kept(identity(lab(SPEC))) is None
    for ticket in busy:
        ticket.leave()
    run = runs.shared_runs().watched(lab(SPEC))
    assert run.wait(60)
    after = shared(SPEC)
    assert (after.moving, after.state, after.place, after.message) == (False, "finished", 0, "")
    assert after.step == lab(SPEC).plan.steps == after.done.frames[-1].step
    assert after.done is stored(lab(SPEC)), "from the store, for everybody the same"
    assert_same(after.done, runs.finished(run))
    assert entry(identity(lab(SPEC))).spec == SPEC


def test_another_server_finds_the_run_in_the_folder_without_training() -> None:
    before = canned(SPEC)
    forget(SPEC)
    after = shared(SPEC)
    assert after.state == "finished"
    assert_same(after.done, before)


def test_a_run_whose_file_is_gone_is_trained_again() -> None:
    before = canned(SPEC)
    assert file_of(SPEC).exists()
    forget_for_good(SPEC)
    assert entry(identity(lab(SPEC))) is None
    assert stored(lab(SPEC)) is None
    after = canned(SPEC)
    assert file_of(SPEC).exists()
    assert_same(after, before)


HOSTILE = [
    *("", "0" * 12, "../../etc/passwd", "..", "/dev/zero", "0123456789ab\n", "0123456789AB", "\0" * 12),
    *("a" * 9_999, "<img src=x>", "٠" * 12),
]


@pytest.mark.parametrize("asked", HOSTILE, ids=range(len(HOSTILE)))
def test_there_is_no_run_of_an_unknown_or_hostile_id(asked: str) -> None:
    assert kept(asked) is None
    assert entry(asked) is None


def test_a_run_that_is_not_there_yet_is_asked_for_again() -> None:
    spec = RunSpec(vocab_size=60, dim=3, seed=42)
    known = lab(spec)
    forget_for_good(spec)
    assert stored(known) is None
    run = queued_run(known, "  of   mine ")
    run.start()
    assert run.wait(60)
    assert_same(stored(known), runs.finished(run))
    assert entry(identity(known)).name == "of mine"


def test_a_run_that_diverges_is_shown_with_its_reason_before_and_after_it_was_kept() -> None:
    spec = RunSpec(vocab_size=60, dim=3, step_size=2.5, seed=43)
    forget_for_good(spec)
    done = canned(spec)
    assert "diverged" in done.message
    trained = shared(spec)
    forget(spec)
    read = shared(spec)
    assert_same(read.done, done)
    for now in (trained, read):
        assert (now.state, now.moving, now.message) == ("diverged", False, done.message)
        assert now.step == done.last.step < lab(spec).plan.steps


def test_a_run_under_way_is_never_made_twice_however_many_there_are(busy: list[Ticket]) -> None:
    specs = [RunSpec(vocab_size=60, dim=2, seed=seed) for seed in range(100, 100 + 3 * runs._SHARED_RUNS)]
    for spec in specs:
        forget_for_good(spec)
    first = [runs.shared_runs().watched(lab(spec)) for spec in specs]
    assert [runs.shared_runs().watched(lab(spec)) for spec in specs] == first
    for ticket in busy:
        ticket.leave()
    assert all(run.wait(60) for run in first)


def test_a_run_that_nobody_watches_any_more_is_stopped(busy: list[Ticket], monkeypatch) -> None:
    abandoned, other = (lab(RunSpec(vocab_size=60, dim=2, seed=seed)) for seed in (201, 202))
    for known in (abandoned, other):
        forget_for_good(known.spec)
    run = runs.shared_runs().watched(abandoned)
    monkeypatch.setattr(runs, "_UNWATCHED_SECONDS", -1.0)
    runs.shared_runs().watched(other)
    assert run.state is State.STOPPED


def test_a_server_finds_the_first_run_where_one_before_it_has_trained_it() -> None:
    canned(CANNED)
    runs.first_run.clear()
    again = runs.first_run()
    assert isinstance(again, runs.Replay)
    assert again.wait(60)
    assert again.state is State.FINISHED
    kept_frames = stored(lab(CANNED)).frames
    assert len(again.history) == len(kept_frames) > 2
    assert all(one is other for one, other in zip(again.history, kept_frames, strict=True))
    assert runs.finished(again) is stored(lab(CANNED))
