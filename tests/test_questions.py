"""Questions as their files have them, and what people type, however they type it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.questions
from core.errors import InputError
from core.questions import SIMILARITY, Family, families, in_vocabulary, rated_pairs, read_pairs, read_words

VOCABULARY = ["he", "she", "king", "queen", "man", "woman", "good-looking", "don't", "paris", "France", "café", "ſ"]
INDEX = {word: number for number, word in enumerate(VOCABULARY)}


def pairs(text: str) -> list[str]:
    return [f"{VOCABULARY[a]} {VOCABULARY[b]}" for a, b in read_pairs(text, INDEX).pairs]


def words(text: str) -> list[str]:
    return [VOCABULARY[number] for number in read_words(text, INDEX).words]


# Benchmarks


def test_families_are_those_of_the_file() -> None:
    from gensim.test.utils import datapath

    lines = Path(datapath("questions-words.txt")).read_text().lower().splitlines()
    names = [line[2:] for line in lines if line[0] == ":"]
    assert [one.name for one in families()] == names
    assert len(names) == 14
    asked = [" ".join(question) for one in families() for question in one.questions]
    assert asked == [line for line in lines if line[0] != ":"]
    assert len(asked) == 19_544


def test_pairs_are_both_halves_once_in_the_order_they_appear() -> None:
    for family in families():
        seen: list[tuple[str, str]] = []
        for a, b, c, d in family.questions:
            seen += [pair for pair in ((a, b), (c, d)) if pair not in seen]
        assert list(family.pairs) == seen
        assert len(seen) > 20
    assert sum(len(one.pairs) * (len(one.pairs) - 1) for one in families()) == 30_494


def test_rated_pairs_are_those_of_the_files() -> None:
    assert [len(rated_pairs(name)) for name in SIMILARITY] == [353, 999]
    wordsim, simlex = map(rated_pairs, SIMILARITY)
    assert wordsim[:2] == (("love", "sex", 6.77), ("tiger", "cat", 7.35))
    assert simlex[0] == ("old", "new", 1.58)
    assert [rating for *two, rating in wordsim if two == ["money", "cash"]] == [9.15, 9.08], "twice, as in the file"
    assert all(0 <= rating <= 10 and a == a.lower() and b == b.lower() for a, b, rating in wordsim + simlex)
    with pytest.raises(InputError, match="no set of rated pairs 'men'.*wordsim353, simlex999"):
        rated_pairs("men")


def test_gensim_is_read_but_not_imported() -> None:
    code = (
        "import sys; from core.questions import *; families(), rated_pairs('simlex999'); print('gensim' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_without_gensim_one_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(core.questions, "find_spec", lambda _: None)
    with pytest.raises(InputError, match="gensim is not installed"):
        families.__wrapped__()
    place = type("Spec", (), {"submodule_search_locations": [str(tmp_path)]})
    monkeypatch.setattr(core.questions, "find_spec", lambda _: place)
    with pytest.raises(InputError, match="wordsim353.tsv: No such file"):
        rated_pairs.__wrapped__("wordsim353")


def test_pairs_in_the_vocabulary_have_both_words_and_zero_is_a_word() -> None:
    family = Family("test", (("a", "b"), ("c", "a"), ("a", "x"), ("x", "a"), ("x", "y")), ())
    assert in_vocabulary(family, {"a": 0, "b": 1, "c": 2}) == ((0, 1), (2, 0))
    assert in_vocabulary(family, {}) == ()


# What people type


@pytest.mark.parametrize(
    "typed",
    [
        *("king queen", "king\tqueen", "  king    queen  ", "king - queen", "king -- queen", "king/queen"),
        *("king / queen", "king:queen", "king : queen", "king = queen", "king->queen", "king -> queen"),
        *("king => queen", "king → queen", "king ⇒ queen", "king ---> queen"),
        *("king – queen", "king—queen", "king|queen", "king, queen", "king,queen", "king; queen", "king::queen"),
        *('"king" "queen"', "'king', 'queen'", "(king, queen)", "[king queen]", "“king” „queen", "king queen."),
        *("- king queen", "* king queen", "• king queen", "1. king queen", "12) king queen", "(3) king queen"),
        *("King Queen", "KING/QUEEN", "king queen,", ", king queen", "king\u00a0queen", "king\uff0cqueen"),
    ],
)
def test_a_pair_can_be_typed_in_many_ways(typed: str) -> None:
    found = read_pairs(typed, INDEX)
    assert found.pairs == ((2, 3),)
    assert found.words == (2, 3)
    assert (found.unknown, found.duplicates, found.odd) == ((), (), ())


@pytest.mark.parametrize("between", ["\n", "\r\n", ", ", ",", "; ", ";", "\n\n", ",\n", " :: ", "::"])
@pytest.mark.parametrize("inside", [" ", "/", ":", " - ", " → "])
def test_several_pairs(between: str, inside: str) -> None:
    typed = between.join(f"{a}{inside}{b}" for a, b in (("he", "she"), ("king", "queen"), ("man", "woman")))
    assert pairs(typed) == ["he she", "king queen", "man woman"]


def test_hyphens_and_apostrophes_inside_a_word_belong_to_it() -> None:
    assert pairs("good-looking don't") == ["good-looking don't"]
    assert pairs("don't - good-looking, 'don't' \"café\"") == ["don't good-looking", "don't café"]
    assert words("good-looking, don't 'café'") == ["good-looking", "don't", "café"]


def test_words_are_looked_up_as_typed_then_in_lower_case() -> None:
    assert pairs("Paris France") == ["paris France"]
    assert read_pairs("Paris france", INDEX).unknown == ("france",)


def test_everything_that_comes_to_nothing_is_told() -> None:
    typed = "he she\nking\nHE SHE, she he\nking kong, king kong\nkong x\nking queen man\nman man\n---\nking/"
    found = read_pairs(typed, INDEX)
    assert found.pairs == ((0, 1), (1, 0)), "the word with number 0 counts, and the other way round is another pair"
    assert found.words == (0, 1)
    assert found.unknown == ("kong", "x")
    assert found.duplicates == ("HE SHE",)
    assert found.odd == ("king", "king queen man", "man man", "---", "king/")


def test_one_line_of_single_words_is_not_guessed_at() -> None:
    found = read_pairs("king, queen, man, woman", INDEX)
    assert (found.pairs, found.odd) == ((), ("king", "queen", "man", "woman"))


def test_words_with_anything_between_them() -> None:
    found = read_words("1. he, SHE/king;queen\n* man\nman he zzz … \u2014 zzz Zzz", INDEX)
    assert [VOCABULARY[number] for number in found.words] == ["he", "she", "king", "queen", "man"]
    assert found.pairs == ()
    assert found.duplicates == ("man", "he")
    assert found.unknown == ("zzz", "Zzz")
    assert found.odd == ("…",)


@pytest.mark.parametrize("read", [read_pairs, read_words])
def test_what_is_read_has_bounds(read) -> None:
    assert read("", INDEX) == read(" \n\t ", INDEX) == core.questions.Listed((), (), (), (), ())
    with pytest.raises(InputError, match="at most"):
        read("he she\n" * 501, INDEX)
    with pytest.raises(InputError, match="50,001 characters, and at most 50,000"):
        read("x" * 50_001, INDEX)
    long = read("x" * 200 + " he", INDEX)
    assert [len(one) for one in long.unknown] == [80]


@pytest.mark.parametrize("unit", [" ", "-", "=", "->", " -", "- ", ">", "a-", "\u2028", "'", ":", "( "])
def test_long_runs_are_read_in_one_pass(unit: str, monkeypatch) -> None:
    """Twenty times as many characters as are allowed: a pass for each of them would take an hour."""
    monkeypatch.setattr(core.questions, "MAX_CHARACTERS", 1_000_100)
    typed = "king " + (unit * 1_000_000)[:1_000_000] + " queen"
    outer = {VOCABULARY.index("king"), VOCABULARY.index("queen")}
    assert set(read_pairs(typed, INDEX).words) in (outer, set())
    if unit in (" -", "- ", "( "):  # each is a word
        with pytest.raises(InputError, match="these are 500,002 words, and at most 1,000 are read"):
            read_words(typed, INDEX)
    else:
        assert set(read_words(typed, INDEX).words) == outer


SEPARATORS = st.sampled_from([" ", "/", " - ", "-", ":", "::", ", ", ",", "\n", "->", "'", '"', "…", "\x00", "İ"])
TYPED = st.lists(st.one_of(st.sampled_from(VOCABULARY), SEPARATORS, st.text(max_size=3)), max_size=40).map("".join)


@given(TYPED)
def test_any_text_is_read_without_complaint_and_nothing_is_made_up(typed: str) -> None:
    for found in (read_pairs(typed, INDEX), read_words(typed, INDEX)):
        assert all(0 <= number < len(VOCABULARY) for number in found.words)
        assert len(set(found.words)) == len(found.words)
        assert len(set(found.pairs)) == len(found.pairs)
        assert set(found.unknown).isdisjoint(INDEX)
        for part in (*found.unknown, *found.duplicates, *found.odd):
            assert "\n" not in part
    assert set(read_pairs(typed, INDEX).words) == {word for pair in read_pairs(typed, INDEX).pairs for word in pair}


@given(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=20), st.sampled_from([" ", ", ", "\n", "/", ";"]))
def test_every_listed_word_is_found_or_told_to_be_there_twice(listed: list[str], between: str) -> None:
    found = read_words(between.join(listed), INDEX)
    assert [VOCABULARY[number] for number in found.words] == list(dict.fromkeys(listed))
    assert set(found.duplicates) == {word for word in listed if listed.count(word) > 1}
    assert (found.unknown, found.odd) == ((), ())
