"""One file a model, each a pure generator of snapshots: ``train(matrix, spec)``."""

from core.training.qwem import train
from core.training.snapshot import Diverged, Snapshot, TrainSpec, check_init_scale, initial_embeddings

__all__ = ["Diverged", "Snapshot", "TrainSpec", "check_init_scale", "initial_embeddings", "train"]
