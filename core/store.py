"""Finished runs as files."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from core.files import written
from core.problem import RunSpec
from core.training import Snapshot


def save_run(path: Path, spec: RunSpec, words: tuple[str, ...], snapshots: list[Snapshot]) -> None:
    """Write a finished run to one .npz file, whole or not at all; no pickle inside.

    Keys: ``spec`` (JSON), ``words`` (V,), ``embeddings`` (V, d) of the last snapshot, and ``steps``,
    ``times``, ``loss`` (T,) and ``singular_values`` (T, d) of all.
    """
    with written(path) as partial, partial.open("wb") as file:
        np.savez_compressed(
            file,
            spec=np.array(json.dumps(asdict(spec))),
            words=np.array(words),
            embeddings=snapshots[-1].embeddings,
            steps=np.array([one.step for one in snapshots]),
            times=np.array([one.time for one in snapshots]),
            loss=np.array([one.loss for one in snapshots]),
            singular_values=np.array([one.singular_values for one in snapshots]),
        )
