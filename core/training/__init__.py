"""One file a model, each a pure generator of snapshots: ``train(matrix, spec)``."""

from core.training.qwem import train
from core.training.snapshot import Diverged, Snapshot, TrainSpec, initial_embeddings

__all__ = ["Diverged", "Snapshot", "TrainSpec", "initial_embeddings", "train"]
