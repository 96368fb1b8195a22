"""A finished run as all exports take it, from wherever it is kept."""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.frames import Frame
from core.frozen import frozen
from core.problem import RunSpec
from core.runfile import Finished, Stored, describe, read_run
from core.store import RunStore, runs_folder
from core.theory import FloatArray
from core.training import MODELS

_ID = re.compile(r"[0-9a-f]{12}")
_SHAPES = {"words": 1, "embeddings": 2, "steps": 1, "times": 1, "loss": 1, "singular_values": 2}


@dataclass(frozen=True, eq=False)
class Trained:
    """A run that is over. V words, d dimensions, T snapshots; arrays are read-only.

    name : what people call it. embeddings : (V, d), W of the last snapshot in its own singular basis. contexts : the
    same of C where words and contexts have a matrix each, else None. steps, times, loss : (T,); times in units of
    gradient flow. singular_values : (T, d). message : why it broke off, if it did.
    frames : what the pages keep of each snapshot; empty where the file holds no clouds.
    """

    name: str
    spec: RunSpec
    words: tuple[str, ...]
    embeddings: NDArray[np.float32]
    contexts: NDArray[np.float32] | None
    steps: NDArray[np.int64]
    times: FloatArray
    loss: FloatArray
    singular_values: FloatArray
    message: str = ""
    frames: Sequence[Frame] = ()


def of_finished(spec: RunSpec, words: tuple[str, ...], finished: Finished, name: str = "") -> Trained:
    """A run of this server, or of its store."""
    frames = finished.frames
    return Trained(
        name=name or describe(spec),
        spec=spec,
        words=words,
        embeddings=finished.last.embeddings,
        contexts=finished.last.contexts,
        steps=frozen(np.array([one.step for one in frames], np.int64)),
        times=frozen(np.array([one.time for one in frames], np.float64)),
        loss=frozen(np.array([one.loss for one in frames], np.float64)),
        singular_values=frozen(np.array([one.singular_values for one in frames], np.float64)),
        message=finished.message,
        frames=frames,
    )


def find(name: str) -> Trained:
    """The run that a name on the command line means: a file, or the id of a run that this machine's dashboard kept.

    Raises
    ------
    InputError
        There is neither, or it is no run, or it is damaged.
    """
    path = Path(name)
    if _is_file(path):
        return read(path)
    if not _ID.fullmatch(name):
        raise InputError(f"{name}: no such file; a run is a file by 'train --out', or the 12 digits of a kept run's id")
    folder = runs_folder()
    kept = RunStore(folder).get(name)
    if kept is None:
        raise InputError(f"{name}: no run of this id is kept in {folder}, or its file is damaged")
    return _of_stored(kept)


def read(path: Path) -> Trained:
    """A run by ``train --out``, or a file of the store.

    Raises
    ------
    InputError
        It cannot be read, is something else, or is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if "cloud.npy" in archive.namelist():
                return _of_stored(read_run(archive, path.stem))
        with np.load(path, allow_pickle=False) as file:
            return _of_members({name: file[name] for name in file.files})
    except KeyError as error:
        raise InputError(f"{path}: not a run written by 'python -m core train --out' ({_reason(error)})") from error
    except (OSError, ValueError, TypeError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        raise InputError(f"{path}: not a readable run ({_reason(error)})") from error


def _of_stored(kept: Stored) -> Trained:
    return of_finished(kept.spec, kept.words, kept.finished, kept.name)


def _of_members(members: Mapping[str, NDArray]) -> Trained:
    """What ``save_run`` wrote. KeyError where a member is missing, ValueError where they do not fit together."""
    spec = _spec(json.loads(members["spec"].item()))
    found = {name: members[name] for name in _SHAPES}
    contexts = members.get("contexts")
    words, embeddings, history = found["words"], found["embeddings"], found["singular_values"]
    fits = words.dtype.kind == "U" and all(one.ndim == _SHAPES[name] and one.size for name, one in found.items())
    fits = fits and words.shape == embeddings.shape[:1] and history.shape[1:] == embeddings.shape[1:] == (spec.dim,)
    fits = fits and len({len(found[name]) for name in ("steps", "times", "loss", "singular_values")}) == 1
    if not fits or (contexts is not None and contexts.shape != embeddings.shape):
        raise ValueError("its arrays do not fit together")
    numbers = [embeddings, embeddings if contexts is None else contexts, found["times"], found["loss"], history]
    if found["steps"].dtype.kind != "i" or not all(one.dtype.kind == "f" and np.isfinite(one).all() for one in numbers):
        raise ValueError("it holds what are not numbers")
    return Trained(
        describe(spec), spec, tuple(words.tolist()), frozen(embeddings), contexts,
        frozen(found["steps"]), frozen(found["times"]), frozen(found["loss"]), frozen(history),
    )  # fmt: skip


def _spec(settings: dict[str, Any]) -> RunSpec:
    spec = RunSpec(**settings)
    for name, hint in get_type_hints(RunSpec).items():
        if not isinstance(getattr(spec, name), int | float if hint is float else hint):
            raise TypeError(f"{name} of its settings is not a {hint}")
    if spec.model not in MODELS:
        raise ValueError(f"there is no model {spec.model}")
    return spec


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # too long for a name
        return False


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
