"""One file a model, each a pure generator of snapshots, and the table of all models by name."""

from core.training.models import GENSIM, MODELS, Model, train_model
from core.training.qwem import train
from core.training.snapshot import Diverged, Snapshot, Stopped, TrainSpec, check_init_scale, initial_embeddings, never
from core.training.word2vec import Sentences, train_gensim

__all__ = [
    "GENSIM",
    "MODELS",
    "Diverged",
    "Model",
    "Sentences",
    "Snapshot",
    "Stopped",
    "TrainSpec",
    "check_init_scale",
    "initial_embeddings",
    "never",
    "train",
    "train_gensim",
    "train_model",
]
