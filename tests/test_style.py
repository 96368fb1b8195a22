"""Lint, format and types, as pyproject.toml sets them; and promises that the README makes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    "command",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy", "core"]],
    ids=["lint", "format", "types"],
)
def test_tree_is_clean(command):
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_top_level_holds_only_what_belongs_there():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    assert {path.split("/")[0] for path in tracked} <= {
        *("app.py", "pages", "core", "assets", "tests", "requirements.txt", "README.md"),
        *("pyproject.toml", ".streamlit", ".ci", "LICENSE", ".gitignore"),
    }


def test_readme_names_every_module_of_core():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    modules = [path.stem for path in (ROOT / "core").glob("*.py") if not path.stem.startswith("_")]
    assert [name for name in modules if f"`{name}.py`" not in readme] == []


def test_requirements_have_floors_and_upper_bounds():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    packages = [line for line in lines if line and not line.startswith("#")]
    assert len(packages) > 6
    assert all(">=" in line and "<" in line for line in packages)
