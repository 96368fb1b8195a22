"""The words of the site: every language says everything, and what is said is what the program asks for."""

from __future__ import annotations

import ast
import os
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from core.prose import DEFAULT, LANGUAGES, PROSE, blanks, explained, fill, passage, passages

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(path.stem for path in (PROSE / DEFAULT).glob("*.md"))
SOURCES = [*(ROOT / "core").rglob("*.py"), *(ROOT / "pages").glob("*.py")]


def spoken(source: str) -> dict[str, set[str]]:
    """File -> regular expressions of the passages that a module asks for.

    It asks by ``SAY = Prose("file")`` and calls of that, by ``Choice(name, say=SAY)``, by ``passage(file, name)``,
    or by ``passages(file).items()``, which asks for all.
    """
    tree = ast.parse(source)
    constants = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.targets[0], ast.Name)
    }
    called = {
        node.targets[0].id: node.value.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _is_prose(node.value) and isinstance(node.targets[0], ast.Name)
    }
    if "SITE" in source:
        called.setdefault("SITE", "site")
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Name("passage"), [ast.Constant(file), name, *_]):
                asked = file, _patterns(name)
            case ast.Call(ast.Name("passage"), [ast.Name(file), name, *_]):
                asked = constants.get(file), _patterns(name)
            case ast.Call(ast.Name(file), [name, *_]) if file in called:
                asked = called[file], _patterns(name)
            case ast.Call(ast.Attribute(ast.Name(file), "later"), [name]) if file in called:
                asked = called[file], _patterns(name)
            case ast.Call(ast.Attribute(ast.Name(file), "under"), [name, *_]) if file in called:
                asked = called[file], {f"{one}\\..*" for one in _patterns(name)}
            case ast.Call(ast.Name("Choice"), [ast.Constant(key), *_], keywords):
                given = {one.arg: one.value for one in keywords}
                say = given["say"].id if isinstance(given.get("say"), ast.Name) else None
                name = re.escape(str(given["name"].value if "name" in given else key))
                words = {f"{name}\\.[a-z-]+"} if "named" in given else set()
                asked = called[say] if say else "controls", {name, f"{name}\\.help"} | words
            case ast.Call(ast.Attribute(ast.Call(ast.Name("passages"), [ast.Name(file), *_]), "items")):
                asked = constants.get(file), {".+"}
            case ast.Call(ast.Name("partial"), [ast.Attribute(ast.Name(file), "under"), *_]) if file in called:
                asked = called[file], {".+"}
            case ast.Call(ast.Attribute(ast.Name(file), "head")) if file in called:
                asked = called[file], {"title", "see", "mislead", "more"}
            case ast.Call(ast.Attribute(ast.Call(ast.Name("Prose"), [ast.Constant(file)]), "all")):
                asked = file, {".+"}
            case _:
                continue
        found.setdefault(str(asked[0]), set()).update(asked[1])
    return found


def _is_prose(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Prose"


def _patterns(node: ast.expr) -> set[str]:
    """What a name can be: a constant, either branch of a choice, anything in the place of a value."""
    if isinstance(node, ast.Constant):
        return {re.escape(str(node.value))}
    if isinstance(node, ast.IfExp):
        return _patterns(node.body) | _patterns(node.orelse)
    if isinstance(node, ast.JoinedStr):
        return {"".join(re.escape(str(p.value)) if isinstance(p, ast.Constant) else ".+" for p in node.values)}
    return {".+"}


@cache
def asked() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in SOURCES:
        for file, names in spoken(path.read_text("utf-8")).items():
            found.setdefault(file, set()).update(names)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("file", FILES)
def test_a_language_has_every_passage_with_the_same_blanks(file, language):
    english, other = passages(file), passages(file, language)
    assert set(other) == set(english)
    assert {name: blanks(text) for name, text in other.items()} == {
        name: blanks(text) for name, text in english.items()
    }
    assert all(other.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_no_other_files(language):
    assert sorted(path.stem for path in (PROSE / language).glob("*.md")) == FILES


@pytest.mark.parametrize("file", FILES)
def test_passages_and_questions_for_them_agree(file):
    """A passage nobody shows is a lost sentence; a name nobody wrote is an error on the page."""
    names, patterns = set(passages(file)), asked().get(file, set())
    exact = {one.replace("\\", "") for one in patterns if not re.search(r"[.\]][*+]", one)} - {"more"}
    assert exact <= names
    assert [name for name in names if not any(re.fullmatch(one, name) for one in patterns)] == []


def test_blanks_are_filled_and_maths_is_left_alone():
    text = "of {n} words, {share:.1%}: $M_{ij}$ and {unknown}"
    assert fill(text, {"n": 3, "share": 0.25}) == "of 3 words, 25.0%: $M_{ij}$ and {unknown}"
    assert blanks(text) == {"n", "share", "ij", "unknown"}


def test_numbers_have_comma_and_point_as_their_language_has_them():
    text = "{n:,d} of {m}, {share:.1%}, {start:g} from {name}"
    values = {"n": 1_234_567, "m": np.float32(0.5), "share": 0.25, "start": 1e-6, "name": "a.b,c"}
    assert fill(text, values) == "1,234,567 of 0.5, 25.0%, 1e-6 from a.b,c"
    assert fill(text, values, "de") == "1.234.567 of 0,5, 25,0\u00a0%, 1e-6 from a.b,c"


def test_a_value_is_not_filled_again():
    assert fill("{word} {n}", {"word": "{n}", "n": 1}) == "{n} 1"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("file", FILES)
def test_terms_are_in_the_glossary(file, language):
    for text in passages(file, language).values():
        assert "[[" not in re.sub(r"\[\[\d", "", explained(text, language))


def test_a_term_explains_itself_and_a_value_cannot_be_one():
    found = explained("these [[loss|errors]] and [[concept]]")
    assert re.fullmatch(r'these \[errors\]\(#term-loss "Loss: how far [^"]+"\) and \[concept\]\(#term-.*\)', found)
    assert '"M*: for every pair' in explained("[[m-star]]")
    assert '(silent alignment)."' in explained("[[found]]")
    with pytest.raises(KeyError):
        explained("[[nonsense]]")
    assert passage("theory", "melt.melted", "en", apart=1.0) == "1.0 widths, melted together"
    assert fill(explained("{word}"), {"word": "[[loss]]"}) == "[[loss]]"


def test_a_missing_passage_is_english_and_a_missing_name_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr("core.prose.PROSE", tmp_path)
    for language, text in (("en", "# Page\n\n## a\nfirst\n\nlines\n\n## b\nsecond\n"), ("de", "## a\nerste")):
        (tmp_path / language).mkdir()
        (tmp_path / language / "page.md").write_text(text, "utf-8")
    assert passages("page") == {"a": "first\n\nlines", "b": "second"}
    assert (passage("page", "a", "de"), passage("page", "b", "de")) == ("erste", "second")
    with pytest.raises(KeyError):
        passage("page", "c", "de")


def test_an_edited_file_is_read_again(tmp_path, monkeypatch):
    monkeypatch.setattr("core.prose.PROSE", tmp_path)
    monkeypatch.setattr("core.prose.SEEN_AFTER", 1e-9)
    (tmp_path / "en").mkdir()
    file = tmp_path / "en" / "page.md"
    for text, moment in (("old", 1), ("new", 2)):
        file.write_text(f"## a\n{text}", "utf-8")
        os.utime(file, ns=(moment, moment))
        assert passage("page", "a") == text
