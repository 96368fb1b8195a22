"""Finished runs as files: what is in one, how it is written, and how a damaged one is told."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, get_type_hints
from zipfile import ZipFile

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from core.counts import Cooccurrence
from core.errors import InputError
from core.files import written
from core.frames import Frame
from core.frozen import frozen
from core.geometry import neighbours
from core.problem import RunSpec
from core.training import MODELS, Snapshot

FORMAT = 1
_NEIGHBOURS = 8
NAME_LENGTH = 120
_FAR_FUTURE = 1e11  # seconds since 1970
_PLURAL = {"step": "steps", "time": "times"}
_ABOUT = {"format": "i8", "spec": "U", "name": "U", "message": "U", "created": "f8"}
# Axes and dtype of what is not one number: T snapshots, V words, d dimensions, K concepts.
_ARRAYS = {
    "embeddings": ("Vd", "f4"),
    "last_contexts": ("Vd", "f4"),
    "last_singular_values": ("d", "f8"),
    "singular_values": ("Td", "f8"),
    "alignment": ("TK", "f"),
    "twins": ("TK", "f"),
    "cloud": ("TKV", "i2"),
    "contexts": ("TKV", "i2"),
}


def save_run(path: Path, spec: RunSpec, words: tuple[str, ...], snapshots: list[Snapshot]) -> None:
    """Write a finished run to one .npz file, whole or not at all; no pickle inside.

    Keys: ``spec`` (JSON), ``words`` (V,), ``embeddings`` (V, d) of the last snapshot, and ``steps``,
    ``times``, ``loss`` (T,) and ``singular_values`` (T, d) of all. Models with two matrices add ``contexts`` (V, d).
    """
    last = snapshots[-1]
    arrays: dict[str, Any] = {
        "spec": np.array(json.dumps(asdict(spec))),
        "words": np.array(words),
        "embeddings": last.embeddings,
        "steps": np.array([one.step for one in snapshots]),
        "times": np.array([one.time for one in snapshots]),
        "loss": np.array([one.loss for one in snapshots]),
        "singular_values": np.array([one.singular_values for one in snapshots]),
    }
    if last.contexts is not None:
        arrays["contexts"] = last.contexts
    with written(path) as unfinished, unfinished.open("wb") as file:
        np.savez_compressed(file, **arrays)


@dataclass(frozen=True, eq=False)
class Finished:
    """A run that is over: its frames, its last snapshot, neighbours in its final space; why it broke off, if so."""

    frames: Sequence[Frame]
    last: Snapshot
    message: str = ""

    @cached_property
    def neighbours(self) -> NDArray[np.int32]:
        """Shape (V, 8), nearest first."""
        return neighbours(self.last.embeddings, _NEIGHBOURS)


@dataclass(frozen=True)
class Entry:
    """A run of the store, as listings need it. created : seconds since 1970. size : bytes of its file."""

    id: str
    name: str
    spec: RunSpec
    created: float
    size: int


@dataclass(frozen=True, eq=False)
class Stored:
    """A run of the store, whole. created : seconds since 1970. words : V of them. All arrays are read-only."""

    id: str
    name: str
    spec: RunSpec
    created: float
    words: tuple[str, ...]
    finished: Finished


def run_id(spec: RunSpec, counts: Cooccurrence) -> str:
    """Twelve hexadecimal digits that stand for a spec and its statistics: what is the same has the same."""
    what = {  # specs that differ only in 1 and 1.0 are equal
        "format": FORMAT,
        "spec": {k: int(v) if isinstance(v, float) and v.is_integer() else v for k, v in asdict(spec).items()},
        "words": counts.words,
        "unigram": counts.unigram.tolist(),
        "total_weight": counts.total_weight,
    }
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:12]


def describe(spec: RunSpec) -> str:
    """A short name for a run."""
    size = [] if spec.vocab_size is None else [f"V {spec.vocab_size}"]
    model = f"{spec.model} untied" if spec.untied else spec.model
    text = [] if spec.data == RunSpec().data else [spec.data]
    return " · ".join([*text, model, *size, f"d {spec.dim}", f"σ {spec.init_scale:g}", f"seed {spec.seed}"])


def _layout() -> dict[str, tuple[str, str, bool]]:
    """Axes and dtype of every member of a file, and whether it may be missing."""
    found = {name: ("", dtype, False) for name, dtype in _ABOUT.items()}
    found["words"] = ("V", "U", False)
    for owner, axes in ((Frame, "T"), (Snapshot, "")):
        hints = get_type_hints(owner)
        for field in fields(owner):
            member = _member(owner, field.name)
            number = (axes, "i8" if hints[field.name] is int else "f8")
            found[member] = (*_ARRAYS.get(member, number), field.default is None)
    return found


def _member(owner: type, field: str) -> str:
    """What a field of a frame or of the last snapshot is called in a file: as ``save_run`` has it, if it does."""
    if owner is Frame:
        return _PLURAL.get(field, field)
    return field if field == "embeddings" else f"last_{field}"


def pack_run(spec: RunSpec, words: tuple[str, ...], name: str, created: float, finished: Finished) -> dict[str, Any]:
    """Every member of the file of a run, by name. Raises InputError where reading it back would fail."""
    about = (FORMAT, json.dumps(asdict(spec)), name, finished.message, created)
    values: dict[str, Any] = dict(zip(_ABOUT, about, strict=True), words=words)
    for field in fields(Frame):
        column = [getattr(frame, field.name) for frame in finished.frames]
        if any(value is not None for value in column):
            values[_member(Frame, field.name)] = column
    for field in fields(Snapshot):
        if getattr(finished.last, field.name) is not None:
            values[_member(Snapshot, field.name)] = getattr(finished.last, field.name)
    members, layout = {}, _layout()
    try:
        for member, value in values.items():
            axes, dtype, _ = layout[member]
            members[member] = _finite(np.array(value, dtype if axes in ("", "T") else None))
        _check({member: (array.shape, array.dtype) for member, array in members.items()})
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError(f"the run cannot be stored: {error}") from error
    return members


def _check(found: Mapping[str, tuple[tuple[int, ...], np.dtype]]) -> None:
    """Raise ValueError unless these are the members of a run, and their shapes and dtypes fit together."""
    layout = _layout()
    if not {name for name, (_, _, optional) in layout.items() if not optional} <= set(found) <= set(layout):
        raise ValueError("its members are not those of a run")
    sizes: dict[str, int] = {}
    for name, (shape, dtype) in found.items():
        axes, kind, _ = layout[name]
        fits = len(shape) == len(axes) and dtype.isnative and dtype.str[1:].startswith(kind)
        if not fits or any(sizes.setdefault(axis, size) != size for axis, size in zip(axes, shape, strict=True)):
            raise ValueError(f"{name} has dtype {dtype} and shape {shape}, which do not fit")
    if not all(sizes.values()):
        raise ValueError("it is empty")


def _finite(array: NDArray) -> NDArray:
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError("it holds numbers that are not finite")
    return array


def _headers(archive: ZipFile) -> dict[str, tuple[tuple[int, ...], np.dtype]]:
    """Shape and dtype of every member, from its header alone; ValueError where that promises more than there is."""
    found = {}
    for info in archive.infolist():
        with archive.open(info) as file:
            if npy.read_magic(file) != (1, 0):
                raise ValueError(f"{info.filename} is not an array as savez writes it")
            shape, _, dtype = npy.read_array_header_1_0(file)
            if math.prod(shape) * dtype.itemsize != info.file_size - file.tell():
                raise ValueError(f"{info.filename} is shorter or longer than it says")
        found[info.filename.removesuffix(".npy")] = shape, dtype
    return found


def _read(archive: ZipFile, member: str) -> NDArray:
    with archive.open(f"{member}.npy") as file:
        return frozen(_finite(npy.read_array(file, allow_pickle=False)))


def read_entry(archive: ZipFile, id: str, size: int = 0) -> Entry:
    """Raises nearly anything where the file is damaged, or was made by somebody else."""
    _check(_headers(archive))
    if _read(archive, "format").item() != FORMAT:
        raise ValueError("it was made by another version")
    spec = RunSpec(**json.loads(_read(archive, "spec").item()))
    created = _read(archive, "created").item()
    if not 0 <= created < _FAR_FUTURE:
        raise ValueError("its time is not a time")
    for name, hint in get_type_hints(RunSpec).items():
        if not isinstance(getattr(spec, name), int | float if hint is float else hint):
            raise TypeError(f"{name} of the spec is not a {hint}")
    if spec.model not in MODELS:
        raise ValueError(f"there is no model {spec.model}")
    return Entry(id, _read(archive, "name").item(), spec, created, size)


def read_run(archive: ZipFile, id: str) -> Stored:
    """As ``read_entry``."""
    entry = read_entry(archive, id)
    members = {name: _read(archive, name) for name in _layout() if f"{name}.npy" in archive.namelist()}
    columns = {name: column.tolist() if column.ndim == 1 else column for name, column in _fields(Frame, members)}
    frames = [Frame(**dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]
    last: dict[str, Any] = {name: value if value.ndim else value.item() for name, value in _fields(Snapshot, members)}
    finished = Finished(tuple(frames), Snapshot(**last), members["message"].item())
    return Stored(id, entry.name, entry.spec, entry.created, tuple(members["words"].tolist()), finished)


def _fields(owner: type, members: Mapping[str, NDArray]) -> Iterator[tuple[str, NDArray]]:
    """The fields of a frame or of the last snapshot that there are, with their members."""
    named = ((name, _member(owner, name)) for name in get_type_hints(owner))
    return ((name, members[member]) for name, member in named if member in members)
