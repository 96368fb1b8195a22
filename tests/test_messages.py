"""Messages in other languages: those of the catalogue are those that are raised, and what strangers typed survives."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import messages
from core.corpus import CorpusSpec, survey
from core.corpus import vocabulary as words_of
from core.errors import InputError
from core.prose import DEFAULT, LANGUAGES, blanks, fill, passages
from core.questions import MAX_CHARACTERS, read_words
from core.reading import Limits, Reading, Received, Text, clean
from core.recipe import recipe

CORE = Path(messages.__file__).parent
OTHERS = [one for one in LANGUAGES if one != DEFAULT]
RAISED = ("InputError", "Diverged", "problem", "Stopped")
# Where a visitor's text, file, list or address is judged: all that is raised there can stand on a page.
JUDGES = ["reading", "recipe.py", "questions.py", "corpus.py", "gate.py", "planted.py", "order/curves.py", "linear.py"]
# What pages cannot bring about: their controls, or code of their own, rule it out.
RULED_OUT = {
    "to read from an address, install fsspec (pip install fsspec)",
    "there is no {} in this archive",
    "there is no set of rated pairs {}; there are: {}",
    "gensim is not installed, and the questions are those that come with it",
    "{}: {}; it comes with gensim",
    "each word must be there once, with a number from 0 to {}",
    "the word {} was not planted: give the words of the planted text",
    "{} eigenvalues do not go with eigenvectors of shape {}",
    "word numbers are {} to {}, and must be 0 to {}",
}


def template(node: ast.expr) -> str:
    """What a string looks like, with {} for what is filled in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else ""


def strings(path: Path) -> Iterator[str]:
    """Every string of a module but its docstrings, whole."""
    tree = ast.parse(path.read_text("utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(one) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for one in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in told | parts:
            yield template(node)


def raised(path: Path) -> Iterator[str]:
    """What a module raises, where it says so on the spot."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED and node.args:
            ways = node.args[-1]
            found = [ways.body, ways.orelse] if isinstance(ways, ast.IfExp) else [ways]
            yield from filter(None, map(template, found))


def below_pages() -> list[Path]:
    return [path for path in CORE.rglob("*.py") if "ui" not in path.relative_to(CORE).parts]


def emptied(english: str) -> str:
    return fill(english, dict.fromkeys(blanks(english), "{}"))


def example(english: str) -> dict[str, str]:
    """A value for each blank: words where there are words."""
    return {
        blank: f"word{n}" if blank in messages._WORDS else f"{n + 1}" for n, blank in enumerate(sorted(blanks(english)))
    }


def test_every_message_of_the_catalogue_is_in_the_program():
    whole = {one for path in below_pages() for one in strings(path)}
    general = {name for name in passages(messages.FILE) if name.startswith("setting.")}  # of several messages each
    lost = [
        name for name, text in passages(messages.FILE).items() if emptied(text) not in whole and name not in general
    ]
    assert lost == []
    for name in general:
        looks = re.escape(emptied(passages(messages.FILE)[name])).replace(r"\{\}", r"[\w ×^{}]+")
        assert any(re.fullmatch(looks, one) for one in whole), name


@pytest.mark.parametrize("place", JUDGES)
def test_whatever_is_raised_about_a_visitors_text_is_in_the_catalogue(place):
    paths = sorted((CORE / place).glob("*.py")) if (CORE / place).is_dir() else [CORE / place]
    for path in paths:
        for one in raised(path):
            if not re.search("[a-z]{3}", one):
                continue  # what is put together of other messages
            message = re.sub(r"\{\}", "7", one)
            assert one in RULED_OUT or messages.told(message, "de") != message, (path.name, one)


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_reworded_with_its_values(language):
    for name, english in passages(messages.FILE).items():
        other, values = passages(messages.FILE, language)[name], example(english)
        assert messages.told(fill(english, values), language) == fill(other, values), name


@pytest.mark.parametrize(
    ("written", "german"),
    [("12,000", "12.000"), ("0.5", "0,5"), ("1.5e-06", "1,5e-6"), ("-3", "-3"), ("2e+07", "2e+7")],
)
def test_numbers_get_the_points_of_the_language(written, german):
    message = "no step goes down any more after step 1,200: the loss stays at {}"
    told = messages.told(message.format(written), "de")
    assert told == f"nach Schritt 1.200 führt kein Schritt mehr abwärts: der Verlust bleibt bei {german}"
    assert messages.told(message.format(written), "en") == message.format(written)


@pytest.mark.parametrize(
    "name", ["later", "0.5", "letters or digits", "a: later.zip", "{encoding}", "ist", "zip: b: c"]
)
def test_a_reason_is_reworded_within_its_message_and_a_name_is_left_alone(name):
    told = messages.told(f"{name}: encrypted: pack it again without a password", "de")
    assert told == f"{name}: verschlüsselt: pack es neu, ohne Passwort"


def test_what_nobody_has_translated_stays_as_it_is():
    assert messages.told("nobody raises this", "de") == "nobody raises this"


@pytest.mark.parametrize("hostile", ["a: ", "1,1", "1 ", "x; there are: ", "the run diverged: by step 1 the loss "])
def test_no_message_is_searched_in_all_ways_there_are(hostile, monkeypatch):
    """A hundred thousand characters: searched with turning back, the first of these took half an hour."""
    monkeypatch.setattr(messages, "LONGEST", 100_000)
    again = (hostile * messages.LONGEST)[: messages.LONGEST]
    assert messages.told(again, "de") == again


def test_what_is_too_long_to_be_a_message_is_left_alone():
    long = "a" * messages.LONGEST + ": encrypted: pack it again without a password"
    assert messages.told(long, "de") == long


@pytest.mark.parametrize(
    ("bad", "german"),
    [
        (lambda: read_words("x" * (MAX_CHARACTERS + 1), {}), "Zeichen, und höchstens"),
        (lambda: words_of(survey([], CorpusSpec()), CorpusSpec()), "kein Dokument hat"),
        (lambda: list(clean(Text("a.txt", b"a\0b"), Reading(), Limits(), Received())), "a.txt: kein reiner Text"),
        (lambda: list(clean(Text("a", b"%PDF-1.4 "), Reading(), Limits(), Received())), "a: ist a PDF, kein reiner"),
        (lambda: recipe("lee?colour=1"), "lee hat keine Einstellung 'colour'; es gibt: "),
    ],
)
def test_what_is_really_raised_is_reworded(bad, german):
    with pytest.raises(InputError) as found:
        bad()
    assert german in messages.told(str(found.value), "de")
