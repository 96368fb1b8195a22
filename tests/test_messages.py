"""Messages in other languages: those of the catalogue are those that are raised, and values survive."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from core import messages
from core.corpus import CorpusSpec, survey
from core.corpus import vocabulary as words_of
from core.errors import InputError
from core.prose import DEFAULT, LANGUAGES, blanks, passages
from core.questions import MAX_CHARACTERS, read_words
from core.reading import Limits, Reading, Received, Text, clean

CORE = Path(messages.__file__).parent
OTHERS = [one for one in LANGUAGES if one != DEFAULT]


def templates() -> set[str]:
    """Every string in the code below the pages, with {} for what is filled in."""
    found = set()
    for path in CORE.rglob("*.py"):
        if "ui" in path.relative_to(CORE).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                found.add("".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values))
            elif isinstance(node, ast.Constant):
                found.add(str(node.value))
    return found


def test_every_message_of_the_catalogue_is_one_that_is_raised():
    raised = templates()
    empty = {name: text.format(**dict.fromkeys(blanks(text), "{}")) for name, text in passages(messages.FILE).items()}
    assert [name for name, text in empty.items() if not any(text in one for one in raised)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_reworded_with_its_values(language):
    for name, english in passages(messages.FILE).items():
        values = {blank: f"<{n}>" for n, blank in enumerate(sorted(blanks(english)))}
        other = passages(messages.FILE, language)[name].format(**values)
        assert messages.told(english.format(**values), language) == other, name


def test_numbers_get_the_points_of_the_language():
    message = "these are 12,000 words, and at most 2,000.5 are read"
    assert messages.told(message, "de") == "das sind 12.000 Wörter, und höchstens 2.000,5 werden gelesen"
    assert messages.told(message, "en") == message


def test_a_reason_is_reworded_within_its_message_and_a_name_is_left_alone():
    told = messages.told("a: later.zip: encrypted: pack it again without a password", "de")
    assert told == "a: later.zip: verschlüsselt: pack es neu, ohne Passwort"


def test_what_nobody_has_translated_stays_as_it_is():
    assert messages.told("nobody raises this", "de") == "nobody raises this"


@pytest.mark.parametrize(
    ("bad", "german"),
    [
        (lambda: read_words("x" * (MAX_CHARACTERS + 1), {}), "Zeichen, und höchstens"),
        (lambda: words_of(survey([], CorpusSpec()), CorpusSpec()), "kein Dokument hat"),
        (
            lambda: list(clean(Text("a.txt", b"a\0b"), Reading(), Limits(), Received())),
            "a.txt: kein reiner Text, er enthält NUL-Bytes",
        ),
    ],
)
def test_what_is_really_raised_is_reworded(bad, german):
    with pytest.raises(InputError) as raised:
        bad()
    assert german in messages.told(str(raised.value), "de")
