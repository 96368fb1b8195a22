"""The file of a run, and the folder of runs."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

import core.store
from core.counts import Cooccurrence, Source
from core.errors import InputError
from core.frames import Frame
from core.problem import RunSpec, load_problem, plan
from core.runfile import Entry, Finished, Stored, describe, run_id, save_run
from core.store import RunStore
from core.training import Snapshot, train

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60  # seconds until a test that hangs gives up
SPEC = RunSpec(vocab_size=40, dim=3, seed=5)


@pytest.fixture(scope="module")
def finished():
    spec = RunSpec(vocab_size=100, dim=5, init_scale=1e-3)
    problem = load_problem(spec)
    return spec, problem.counts.words, list(train(problem.matrix, plan(problem, spec, steps=60)))


def test_a_saved_run_opens_without_pickle(finished, tmp_path: Path) -> None:
    spec, words, snapshots = finished
    path = tmp_path / "run.npz"
    save_run(path, spec, words, snapshots)
    with np.load(path, allow_pickle=False) as file:
        assert RunSpec(**json.loads(str(file["spec"]))) == spec
        assert tuple(file["words"].tolist()) == words
        assert (file["embeddings"] == snapshots[-1].embeddings).all()
        assert file["steps"].tolist() == list(range(61))
        assert file["times"].tolist() == [one.time for one in snapshots]
        assert file["loss"].tolist() == [one.loss for one in snapshots]
        assert (file["singular_values"][7] == snapshots[7].singular_values).all()
        assert file["singular_values"].shape == (61, 5)
    assert [one.name for one in tmp_path.iterdir()] == ["run.npz"]


def test_a_failed_save_leaves_everything_as_it_was(finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.npz"
    path.write_bytes(b"the run before")

    def full_disk(file, **arrays) -> None:
        file.write(b"half a fi")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full_disk)
    with pytest.raises(InputError, match="No space left on device"):
        save_run(path, *finished)
    assert path.read_bytes() == b"the run before"
    assert [one.name for one in tmp_path.iterdir()] == ["run.npz"]


def test_saving_a_run_where_it_is_impossible(finished, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="absent"):
        save_run(tmp_path / "absent" / "run.npz", *finished)


def some_counts(size: int = 40, weight: int = 7) -> Cooccurrence:
    words = tuple(f"word{number}é" for number in range(size))
    lower = csr_array(weight * np.eye(size, dtype=np.int64))
    return Cooccurrence(words, np.arange(size, 0, -1), lower, Source(1, 2, 3, 4))


def some_frame(rng: np.random.Generator, step: int, size: int, untied: bool) -> Frame:
    cloud = rng.integers(-32_767, 32_768, (2, size), np.int16)
    second: dict[str, Any] = {
        "contexts": rng.integers(-32_767, 32_768, (2, size), np.int16),
        "twins": rng.random(2),
        "imbalance": rng.random(),
    }
    return Frame(
        step, step / 3, rng.random(), rng.random(3), rng.random(2), 1 + rng.random(), step % 3, cloud,
        **(second if untied else {}),
    )  # fmt: skip


def some_run(seed: int = 0, *, frames: int = 4, size: int = 40, untied: bool = False, message: str = "") -> Finished:
    """A run of random numbers: 3 dimensions, 2 concepts. Its size on disk hardly depends on the seed."""
    rng = np.random.default_rng(seed)
    contexts = rng.random((size, 3), np.float32) if untied else None
    last = Snapshot(9, 9 / 7, rng.random(), rng.random(3), rng.random((size, 3), np.float32), contexts)
    return Finished([some_frame(rng, 2 * number, size, untied) for number in range(frames)], last, message)


def fill(store: RunStore, number: int) -> list[str]:
    """Runs of seeds 0, 1, ..., oldest first."""
    return [store.put(replace(SPEC, seed=seed), some_counts(), f"run {seed}", some_run(seed)) for seed in range(number)]


def same(one: Any, other: Any) -> bool:
    """Bit by bit, types included."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    return type(one) is type(other) and one == other


def assert_equal(found: Any, expected: Any) -> None:
    assert type(found) is type(expected)
    for field in fields(expected):
        assert same(getattr(found, field.name), getattr(expected, field.name)), field.name


def assert_same_run(stored: Stored | None, put: Finished) -> None:
    assert stored is not None
    assert len(stored.finished.frames) == len(put.frames)
    for found, expected in zip(stored.finished.frames, put.frames, strict=True):
        assert_equal(found, expected)
    assert_equal(stored.finished.last, put.last)
    assert stored.finished.message == put.message


@pytest.mark.parametrize("untied", [False, True], ids=["tied", "untied"])
@pytest.mark.parametrize("message", ["", "the run diverged: σ was too large"], ids=["finished", "diverged"])
def test_what_is_put_is_got(tmp_path: Path, untied: bool, message: str) -> None:
    put, spec = some_run(untied=untied, message=message), replace(SPEC, untied=untied, init_scale=0.1 + 0.2)
    id = RunStore(tmp_path / "made" / "on demand").put(spec, some_counts(), " a  name\nof σ ", put)
    stored = RunStore(tmp_path / "made" / "on demand").get(id)
    assert_same_run(stored, put)
    assert stored is not None
    assert (stored.id, stored.name, stored.spec, stored.words) == (id, "a name of σ", spec, some_counts().words)
    assert stored.finished.neighbours.shape == (40, 8)
    assert np.array_equal(stored.finished.neighbours, put.neighbours)


def test_what_is_got_cannot_be_written_to(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    stored = store.get(store.put(SPEC, some_counts(), "", some_run(untied=True)))
    assert stored is not None
    owners = [*stored.finished.frames, stored.finished.last]
    values = [getattr(owner, field.name) for owner in owners for field in fields(owner)]
    arrays = [value for value in values if isinstance(value, np.ndarray)]
    assert len(arrays) == 4 * 5 + 3
    assert not any(array.flags.writeable for array in arrays)


def test_a_real_run_round_trips(finished, tmp_path: Path) -> None:
    spec, _, snapshots = finished
    problem, store = load_problem(spec), RunStore(tmp_path)
    camera = core.frames.Camera(problem.spectrum, spec.dim)
    put = Finished([camera.frame(snapshot) for snapshot in snapshots], snapshots[-1])
    id = store.put(spec, problem.counts, "", put)
    assert_same_run(store.get(id), put)
    assert [entry.name for entry in store.entries()] == [describe(spec)]


def test_the_file_has_every_key_of_a_saved_run(tmp_path: Path) -> None:
    store, run = RunStore(tmp_path), some_run()
    id = store.put(SPEC, some_counts(), "", run)
    with np.load(tmp_path / f"{id}.npz", allow_pickle=False) as file:
        assert RunSpec(**json.loads(str(file["spec"]))) == SPEC
        assert tuple(file["words"].tolist()) == some_counts().words
        assert same(file["embeddings"], run.last.embeddings)
        assert file["steps"].tolist() == [frame.step for frame in run.frames]
        assert file["times"].tolist() == [frame.time for frame in run.frames]
        assert file["loss"].tolist() == [frame.loss for frame in run.frames]
        assert same(file["singular_values"], np.array([frame.singular_values for frame in run.frames]))


def test_an_id_stands_for_a_spec_and_its_statistics() -> None:
    counts = some_counts()
    other_unigram = replace(counts, unigram=counts.unigram + 1)
    other_words = replace(counts, words=("other", *counts.words[1:]))
    changed = [replace(SPEC, **{field.name: different(getattr(SPEC, field.name))}) for field in fields(RunSpec)]
    ids = [run_id(spec, counts) for spec in (SPEC, *changed)]
    ids += [run_id(SPEC, other) for other in (other_unigram, other_words, some_counts(weight=8))]
    assert len(set(ids)) == len(ids) == len(fields(RunSpec)) + 4
    assert all(len(id) == 12 and set(id) <= set("0123456789abcdef") for id in ids)
    assert run_id(replace(SPEC), some_counts()) == ids[0]
    assert run_id(replace(SPEC, init_scale=1), counts) == run_id(replace(SPEC, init_scale=1.0), counts)


def different(value: Any) -> Any:
    return not value if isinstance(value, bool) else value * 2 + type(value)("1")


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        (RunSpec(vocab_size=2_000, dim=30, seed=3), "qwem · V 2000 · d 30 · σ 1e-06 · seed 3"),
        (RunSpec(init_scale=0.01, untied=True), "qwem untied · d 50 · σ 0.01 · seed 0"),
        (RunSpec(model="gensim-sg"), "gensim-sg · d 50 · σ 1e-06 · seed 0"),
    ],
)
def test_a_run_is_described_in_a_line(spec: RunSpec, name: str) -> None:
    assert describe(spec) == name


def test_a_listing_is_newest_first_and_says_what_a_run_says(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    assert store.entries() == []
    ids = fill(store, 3)
    for one in (store, RunStore(tmp_path)):
        entries = one.entries()
        assert [entry.id for entry in entries] == ids[::-1]
        assert [entry.name for entry in entries] == ["run 2", "run 1", "run 0"]
        for entry in entries:
            stored = one.get(entry.id)
            assert stored is not None
            size = (tmp_path / f"{entry.id}.npz").stat().st_size
            assert entry == Entry(stored.id, stored.name, stored.spec, stored.created, size)


def test_a_run_put_again_is_replaced_and_becomes_the_newest(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    ids = fill(store, 2)
    assert [entry.id for entry in store.entries()] == ids[::-1]
    again = some_run(99, message="it diverged this time")
    assert store.put(replace(SPEC, seed=0), some_counts(), "again", again) == ids[0]
    assert [(entry.id, entry.name) for entry in store.entries()] == [(ids[0], "again"), (ids[1], "run 1")]
    assert_same_run(store.get(ids[0]), again)


def test_the_oldest_runs_make_room_for_new_ones(tmp_path: Path) -> None:
    store = RunStore(tmp_path, max_runs=3)
    ids = fill(store, 5)
    assert [entry.id for entry in store.entries()] == ids[:1:-1]
    assert store.get(ids[1]) is None
    assert len(list(tmp_path.iterdir())) == 3
    assert store.messages == []


def test_what_is_oldest_is_what_was_put_first_by_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([3e9, 1e9, 2e9])
    monkeypatch.setattr(core.store, "time", SimpleNamespace(time=lambda: next(clock)))
    ids = fill(RunStore(tmp_path, max_runs=2), 2)
    assert [entry.id for entry in RunStore(tmp_path).entries()] == ids
    late = RunStore(tmp_path, max_runs=2).put(replace(SPEC, seed=9), some_counts(), "", some_run(9))
    assert {path.stem for path in tmp_path.iterdir()} == {ids[0], late}


def test_bytes_are_bounded_too(tmp_path: Path) -> None:
    fill(RunStore(tmp_path / "all"), 5)
    sizes = [path.stat().st_size for path in (tmp_path / "all").iterdir()]
    store = RunStore(tmp_path / "some", max_bytes=int(3.5 * np.mean(sizes)))
    ids = fill(store, 5)
    assert [entry.id for entry in store.entries()] == ids[:1:-1]


def test_the_newest_run_stays_even_if_it_alone_is_too_large(tmp_path: Path) -> None:
    store = RunStore(tmp_path, max_bytes=1)
    ids = fill(store, 3)
    assert [entry.id for entry in store.entries()] == [ids[-1]]


def damage(name: str, whole: bytes) -> bytes:
    """The bytes of a file that is not, or no longer, that of a run."""
    rng = np.random.default_rng(3)
    members = dict(np.load(io.BytesIO(whole), allow_pickle=False))
    members |= {
        "pickled": {"cloud": np.array([{"a": 1}, None], object)},
        "pickled spec": {"spec": np.array({"seed": 1}, object)},
        "wrong shape": {"cloud": members["cloud"][:, :, :-1]},
        "one frame less": {"loss": members["loss"][:-1]},
        "no frames": {name: array[:0] for name, array in members.items() if len(array.shape) and len(array) == 4},
        "wrong dtype": {"cloud": members["cloud"].astype(np.int32)},
        "not finite": {"created": np.array(np.nan)},
        "foreign": {"x": np.arange(3)},
        "foreign spec": {"spec": np.array(json.dumps({"colour": "red"}))},
        "odd spec": {"spec": np.array(json.dumps({"seed": "three"}))},
        "unknown model": {"spec": np.array(json.dumps({"model": "glove"}))},
        "list for a spec": {"spec": np.array("[1]")},
        "other format": {"format": np.array(999)},
    }.get(name, {})
    if name == "member missing":
        del members["cloud"]
    if name in ("truncated", "empty", "random", "text"):
        half, noise = whole[: len(whole) // 2], rng.bytes(len(whole))
        return {"truncated": half, "empty": b"", "random": noise, "text": b"not a run\n" * 99}[name]
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **({"x": members["x"]} if name == "foreign" else members))
    return buffer.getvalue()


DAMAGES = [
    *("truncated", "empty", "random", "text", "pickled", "pickled spec", "wrong shape", "one frame less", "no frames"),
    *("wrong dtype", "not finite", "foreign", "foreign spec", "odd spec", "unknown model", "list for a spec"),
    *("other format", "member missing"),
]


@pytest.mark.parametrize("reading", ["listing", "getting"])
@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_and_foreign_files_are_skipped_with_a_message(tmp_path: Path, name: str, reading: str) -> None:
    ids = fill(RunStore(tmp_path), 3)
    path = tmp_path / f"{ids[1]}.npz"
    whole = path.read_bytes()
    bad = damage(name, whole)
    assert bad != whole
    path.write_bytes(bad)
    store = RunStore(tmp_path)
    if reading == "getting":
        assert store.get(ids[1]) is None
    for _ in range(2):
        assert [entry.id for entry in store.entries()] == [ids[2], ids[0]]
        assert store.messages == [f"run {ids[1]} was skipped: its file is damaged"]
    assert_same_run(store.get(ids[0]), some_run(0))
    store.put(replace(SPEC, seed=1), some_counts(), "", some_run(1))
    assert store.messages == []
    assert_same_run(store.get(ids[1]), some_run(1))


def test_rewriting_a_file_unharmed_is_no_damage(tmp_path: Path) -> None:
    """Else the test above would prove nothing."""
    id = fill(RunStore(tmp_path), 1)[0]
    path = tmp_path / f"{id}.npz"
    path.write_bytes(damage("none", path.read_bytes()))
    assert_same_run(RunStore(tmp_path).get(id), some_run(0))


def test_a_header_that_promises_too_much_is_not_believed(tmp_path: Path) -> None:
    id = fill(RunStore(tmp_path), 1)[0]
    path, buffer = tmp_path / f"{id}.npz", io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "name.npy":
                data = data.replace(b"<U5'", b"<U500000000'").replace(b" " * 8 + b"\n", b"\n")
                assert len(data) == len(source.read(name)), "else the file would be broken in another way"
            target.writestr(name, data)
    path.write_bytes(buffer.getvalue())
    store = RunStore(tmp_path)
    tracemalloc.start()
    try:
        assert (store.get(id), store.entries(), len(store.messages)) == (None, [], 1)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


def test_no_flipped_byte_changes_a_run(tmp_path: Path) -> None:
    id = fill(RunStore(tmp_path), 1)[0]
    path, put = tmp_path / f"{id}.npz", some_run(0)
    whole, skipped = path.read_bytes(), 0
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        stored = RunStore(tmp_path).get(id)
        skipped += stored is None
        if stored is not None:
            assert_same_run(stored, put)
    assert skipped > len(whole) / 7 / 3


def test_a_listing_does_not_read_the_clouds(tmp_path: Path) -> None:
    id = RunStore(tmp_path).put(SPEC, some_counts(400), "", some_run(frames=60, size=400))
    path = tmp_path / f"{id}.npz"
    with zipfile.ZipFile(path) as archive:
        cloud = archive.getinfo("cloud.npy")
    data = bytearray(path.read_bytes())
    data[cloud.header_offset + cloud.compress_size] ^= 0x55
    path.write_bytes(data)
    store = RunStore(tmp_path)
    assert [entry.id for entry in store.entries()] == [id]
    assert store.messages == []
    assert store.get(id) is None
    assert (store.entries(), len(store.messages)) == ([], 1)


def test_a_file_once_listed_is_not_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []

    class Watched(zipfile.ZipFile):
        def __init__(self, path: Path) -> None:
            opened.append(path)
            super().__init__(path)

    monkeypatch.setattr(core.store, "ZipFile", Watched)
    store = RunStore(tmp_path)
    ids = fill(store, 2)
    listings = [store.entries() for _ in range(3)]
    assert sorted(path.stem for path in opened) == sorted(ids)
    assert listings[0] == listings[1] == listings[2]


def test_messages_are_bounded(tmp_path: Path) -> None:
    for number in range(80):
        (tmp_path / f"{number:012x}.npz").write_bytes(b"nothing")
    store = RunStore(tmp_path)
    assert store.entries() == []
    assert 10 <= len(store.messages) <= 50
    assert all("\n" not in message for message in store.messages)


HOSTILE = [
    "../../etc/passwd",
    "",
    "a" * 300,
    "0123abcd456",
    "0123ABCD4567",
    "0123abcd4567\n",
    "../abcd4567ab",
    "\0" * 12,
]


@pytest.mark.parametrize("id", HOSTILE)
def test_hostile_ids_never_reach_the_file_system(tmp_path: Path, id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = RunStore(tmp_path / "runs")
    known = fill(store, 1)[0]
    touched: list[Path] = []
    monkeypatch.setattr(Path, "stat", lambda path, **options: touched.append(path))
    monkeypatch.setattr(core.store, "ZipFile", touched.append)
    assert store.get(id) is None
    assert touched == []
    store.get(known)
    assert touched, "a true id does"


def test_an_unknown_id_is_nothing_to_speak_of(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "absent")
    assert (store.get("0123abcd4567"), store.entries(), store.messages) == (None, [], [])
    assert not (tmp_path / "absent").exists()


def test_a_file_that_vanishes_while_it_is_listed_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = RunStore(tmp_path)
    ids = fill(store, 2)
    listed = store._files()
    (tmp_path / f"{ids[0]}.npz").unlink()
    monkeypatch.setattr(store, "_files", lambda: listed)
    assert [entry.id for entry in store.entries()] == [ids[1]]
    assert (store.get(ids[0]), store.messages) == (None, [])


def test_abandoned_partial_files_are_removed_after_an_hour(tmp_path: Path) -> None:
    ids = fill(RunStore(tmp_path), 1)
    old, fresh, other = (tmp_path / f"{name}.partial" for name in (f"{ids[0]}.npz.12ab", f"{ids[0]}.npz.34cd", "notes"))
    for path in (old, fresh, other, tmp_path / f"{ids[0]}.npz"):
        path.touch()
    for path in (old, other, tmp_path / f"{ids[0]}.npz"):
        os.utime(path, (0, 0))
    store = RunStore(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {f"{ids[0]}.npz", fresh.name, other.name}
    assert ([entry.id for entry in store.entries()], store.messages) == (ids, [])


def full_disk(file: Any, **members: Any) -> None:
    file.write(b"half a fi")
    raise OSError(28, "No space left on device")


def test_a_full_disk_leaves_the_store_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = RunStore(tmp_path, max_runs=2)
    ids = fill(store, 2)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with monkeypatch.context() as patch:
        patch.setattr(np, "savez_compressed", full_disk)
        for seed in (0, 9):
            with pytest.raises(InputError, match=r"^.*No space left on device$"):
                store.put(replace(SPEC, seed=seed), some_counts(), "", some_run(seed))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert [entry.id for entry in store.entries()] == ids[::-1]


def test_a_folder_that_cannot_be_made_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    store = RunStore(tmp_path / "file" / "runs")
    assert (store.entries(), store.get("0123abcd4567")) == ([], None)
    with pytest.raises(InputError, match=r"^.*runs: Not a directory$"):
        store.put(SPEC, some_counts(), "", some_run())


def with_frame(run: Finished, **changes: Any) -> Finished:
    return replace(run, frames=[*run.frames[:2], replace(run.frames[2], **changes), *run.frames[3:]])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda run: replace(run, frames=[]),
        lambda run: with_frame(run, loss=float("nan")),
        lambda run: with_frame(run, cloud=run.frames[0].cloud[:, 1:]),
        lambda run: with_frame(run, alignment=np.full(2, np.inf)),
        lambda run: with_frame(run, twins=np.ones(2)),
        lambda run: with_frame(run, imbalance=1.0),
        lambda run: replace(run, last=replace(run.last, embeddings=run.last.embeddings.astype(np.float64))),
    ],
    ids=["no frames", "nan", "ragged", "infinite", "twins of one frame", "imbalance of one frame", "float64"],
)
def test_what_could_not_be_read_back_is_not_written(tmp_path: Path, spoil: Callable[[Finished], Finished]) -> None:
    with pytest.raises(InputError, match="^the run cannot be stored: "):
        RunStore(tmp_path).put(SPEC, some_counts(), "", spoil(some_run()))
    assert list(tmp_path.iterdir()) == []


def test_threads_that_put_the_same_run_leave_one_whole_file(tmp_path: Path) -> None:
    store, together = RunStore(tmp_path), threading.Barrier(4)
    errors: list[Exception] = []

    def work() -> None:
        try:
            for _ in range(10):
                together.wait(PATIENCE)
                store.put(SPEC, some_counts(), "", some_run(1))
                assert_same_run(store.get(run_id(SPEC, some_counts())), some_run(1))
                assert len(store.entries()) == 1
        except Exception as error:
            errors.append(error)
            together.abort()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert errors == []
    assert [path.name for path in tmp_path.iterdir()] == [f"{run_id(SPEC, some_counts())}.npz"]
    assert store.messages == []


WRITER = """
import os, signal, sys
from pathlib import Path
from dataclasses import replace
from tests.test_store import SPEC, RunStore, np, some_counts, some_run

folder, die_in = Path(sys.argv[1]), int(sys.argv[2])
if die_in:
    whole = np.savez_compressed
    def half(file, **members):
        whole(file, **members)
        if "run 2" in str(members["name"]):
            file.truncate(file.tell() // 2)
            os.kill(os.getpid(), signal.SIGKILL)
    np.savez_compressed = half
store = RunStore(folder)
runs = [some_run(seed, frames=60, size=400) for seed in range(5)]
for turn in range(10_000):
    print(turn, flush=True)
    store.put(replace(SPEC, seed=turn % 5), some_counts(400), f"run {turn % 5}", runs[turn % 5])
"""


def killed_writer(folder: Path, turns: int) -> None:
    """A process that puts runs of five seeds in turn, killed early in turn so-and-so; 0: within the third put."""
    command = [sys.executable, "-c", WRITER, str(folder), str(int(turns == 0))]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if turns and int(line) == turns:
                child.kill()
                break
    assert child.returncode == -signal.SIGKILL


@pytest.mark.parametrize("turns", [0, 1, 4, 9])
def test_a_killed_writer_leaves_only_whole_runs(tmp_path: Path, turns: int) -> None:
    killed_writer(tmp_path, turns)
    store = RunStore(tmp_path)
    entries = store.entries()
    assert len(entries) == 2 if turns == 0 else min(turns, 5) <= len(entries) <= 5
    for entry in entries:
        assert_same_run(store.get(entry.id), some_run(entry.spec.seed, frames=60, size=400))
    assert store.messages == []
    partial = [path for path in tmp_path.iterdir() if path.suffix == ".partial"]
    assert len(partial) == 1 if turns == 0 else len(partial) <= 1
    for path in partial:
        os.utime(path, (0, 0))
    RunStore(tmp_path)
    assert len(list(tmp_path.iterdir())) == len(entries)


def test_a_run_from_no_time_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / f"{RunStore(tmp_path).put(SPEC, some_counts(), '', some_run())}.npz"
    with np.load(path) as file:
        members = {name: file[name] for name in file}
    np.savez(path, **members | {"created": np.array(1e300)})
    store = RunStore(tmp_path)
    assert store.entries() == []
    assert store.messages == [f"run {path.stem} was skipped: its file is damaged"]
