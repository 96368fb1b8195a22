"""The layers of the design: imports point downwards, and nobody knows more than its layer may."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# From the bottom up. Packages that share a rank are siblings and do not import each other.
RANKS = {
    "core.errors": 0,
    "core.frozen": 0,
    "core.numbers": 0,
    "core.palette": 0,
    "core.spreadsheet": 0,
    "core._kernels": 0,
    "core.watch": 0,
    "core.gate": 1,
    "core.files": 1,
    "core.reading.text": 1,
    "core.planted": 1,
    "core.reading.zips": 2,
    "core.reading.decoding": 2,
    "core.reading.tables": 2,
    "core.downloads": 2,
    "core.downloading": 3,
    "core.reading.archives": 3,
    "core.reading.cuts": 4,
    "core.reading": 5,
    "core.lexicon": 6,
    "core.corpus": 7,
    "core.counts": 8,
    "core.parquetfile": 9,
    "core.counting": 9,
    "core.countfile": 10,
    "core.cluster": 10,
    "core.recipe": 10,
    "core.questions": 10,
    "core.sources": 11,
    "core.prose": 12,
    "core.messages": 13,
    "core.lessons": 13,
    "core.targets": 12,
    "core.operators": 13,
    "core.eigensolver": 13,
    "core.spectrum": 14,
    "core.spectrumfile": 15,
    "core.theory": 15,
    "core.training": 15,
    "core.problem": 16,
    "core.runs": 17,
    "core.marchenko_pastur": 17,
    "core.compare": 18,
    "core.health": 18,
    "core.geometry": 18,
    "core.evaluation": 18,
    "core.linear": 18,
    "core.encodings": 18,
    "core.window": 18,
    "core.listening": 18,
    "core.misses": 19,
    "core.tasks": 19,
    "core.plane": 19,
    "core.order": 20,
    "core.frames": 19,
    "core.known": 20,
    "core.stairs": 20,
    "core.runfile": 20,
    "core.store": 21,
    "core.story": 21,
    "core.benchmark": 21,
    "core.benchmarking": 22,
    "core.show": 22,
    "core.export": 22,
    "core.commands": 23,
    "core.figures": 23,
    "core.ui": 24,
    "pages": 25,
    "app": 26,
}
OUTSIDE_MAIN = ("core.figures", "core.ui", "pages", "app")
MAY_IMPORT = {
    "streamlit": ("core.ui", "pages", "app"),
    "plotly": ("core.figures", "core.ui"),
}
HEAVY = {"gensim", "numba", "sklearn", "distributed", "dask", "fsspec"}
NOT_IN_PAGES = {"numpy", "pandas"}


def layer_of(module: str) -> str | None:
    """The layer that a module belongs to; None for other people's modules and for ``core`` itself."""
    return next((layer for layer in RANKS if module == layer or module.startswith(layer + ".")), None)


def imports(tree: ast.Module) -> list[tuple[str, bool]]:
    """(absolute module, whether at the top level) of every import; ``from core import x`` is core.x."""
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            source = "." * node.level + (node.module or "")
            names = [f"{source}.{alias.name}" for alias in node.names] if source == "core" else [source]
        else:
            continue
        found += [(name, id(node) not in inside) for name in names]
    return found


def violations(module: str, source: str) -> list[str]:
    """Every rule of imports that this source would break as this module."""
    layer = layer_of(module)
    wrong = []
    for name, at_top in imports(ast.parse(source)):
        package, target = name.split(".")[0], layer_of(name)
        if name.startswith("."):
            wrong.append(f"relative import {name}")
        if name.split(".")[:2] == ["core", "__main__"]:
            wrong.append("the command line is imported by nobody")
        if target == "core._kernels" and at_top:
            wrong.append("core._kernels outside a function")
        if package in MAY_IMPORT and layer not in MAY_IMPORT[package]:
            wrong.append(f"{package} outside {' and '.join(MAY_IMPORT[package])}")
        if package in HEAVY and at_top and layer != "core._kernels":
            wrong.append(f"{package} at the top of the module")
        if layer == "pages" and package in NOT_IN_PAGES:
            wrong.append(f"{package} in a page")
        if module == "core.__main__":
            wrong += [f"{name} in the command line"] if target in OUTSIDE_MAIN else []
        elif target and layer and target != layer and RANKS[target] >= RANKS[layer]:
            wrong.append(f"{layer} imports {name}")
    return [f"{module}: {one}" for one in wrong]


def modules(*folders: str) -> list[tuple[str, Path]]:
    """(dotted name, path) of every Python file below the folders; a missing folder has none."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    app = [ROOT / "app.py"] if "pages" in folders and (ROOT / "app.py").exists() else []
    return [(dotted(path), path) for path in paths + app]


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = modules("core", "pages")
IDS = [name for name, _ in SOURCES]


@pytest.mark.parametrize(("module", "path"), SOURCES, ids=IDS)
def test_imports_point_downwards(module: str, path: Path) -> None:
    assert violations(module, path.read_text("utf-8")) == []


@pytest.mark.parametrize(("module", "path"), SOURCES, ids=IDS)
def test_every_module_has_a_layer_and_a_bounded_length(module: str, path: Path) -> None:
    assert layer_of(module) or module in ("core", "core.__main__"), "name its layer in this file"
    limit = 120 if module.startswith("pages") else 350
    assert len(path.read_text("utf-8").splitlines()) <= limit


@pytest.mark.parametrize(("module", "path"), modules("core"), ids=[name for name, _ in modules("core")])
def test_public_names_are_documented(module: str, path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree), "the module itself"
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    public = [node for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")]
    assert [node.name for node in public if not ast.get_docstring(node)] == []


def test_the_pipeline_is_seen() -> None:
    """The checks above have something to check."""
    seen = {layer_of(name) for name, _ in SOURCES}
    pipeline = (
        "corpus counts sources targets spectrum theory training problem runs compare store errors files frozen _kernels"
    )
    assert {f"core.{name}" for name in pipeline.split()} <= seen


@pytest.mark.parametrize(
    ("module", "source", "complaint"),
    [
        ("core.counts", "from core.spectrum import decompose", "core.counts imports core.spectrum"),
        ("core.counts", "from core import spectrum", "core.counts imports core.spectrum"),
        ("core.counts", "def f():\n    import core.targets", "core.counts imports core.targets"),
        ("core.theory", "from core.training.qwem import train", "core.theory imports core.training.qwem"),
        ("core.training.qwem", "import core.theory", "core.training imports core.theory"),
        ("core.compare", "import core.linear", "core.compare imports core.linear"),
        ("core.figures.loss", "from core.ui import cache", "core.figures imports core.ui"),
        ("core.ui.cache", "import pages.story", "core.ui imports pages.story"),
        ("core.corpus", "from core._kernels import Lexicon", "core._kernels outside a function"),
        ("core.errors", "import core.corpus", "core.errors imports core.corpus"),
        ("core.runs", "import streamlit as st", "streamlit outside core.ui and pages and app"),
        ("core.figures.loss", "import streamlit.components", "streamlit outside core.ui and pages and app"),
        ("core.compare", "from plotly import graph_objects", "plotly outside core.figures and core.ui"),
        ("pages.story", "import plotly", "plotly outside core.figures and core.ui"),
        ("pages.story", "import numpy as np", "numpy in a page"),
        ("core.evaluation", "from sklearn.svm import SVC", "sklearn at the top of the module"),
        ("core.sources", "try:\n    import gensim\nfinally:\n    pass", "gensim at the top of the module"),
        ("core.__main__", "from core.figures import theme", "core.figures in the command line"),
        ("core.ui.cache", "from . import router", "relative import ."),
        ("core.ui.cache", "from core import __main__", "the command line is imported by nobody"),
    ],
)
def test_the_checker_catches(module: str, source: str, complaint: str) -> None:
    assert violations(module, source) == [f"{module}: {complaint}"]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("core.counts", "import numpy\nfrom core.corpus import Corpus\nfrom core.errors import InputError"),
        ("core.corpus", "def f():\n    from core._kernels import Lexicon"),
        ("core.sources", "def f():\n    import gensim"),
        ("core._kernels", "from numba import njit"),
        ("core.ui.cache", "import streamlit, plotly\nfrom core.figures import loss\nimport core.ui.router"),
        ("core.__main__", "from core.compare import predict\nfrom core.corpus import read_corpus"),
        ("pages.story", "import streamlit as st\nfrom core.ui import cache"),
    ],
)
def test_the_checker_allows(module: str, source: str) -> None:
    assert violations(module, source) == []
