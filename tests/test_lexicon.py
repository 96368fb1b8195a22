"""Words against a reading of the Unicode standard's categories, one character at a time."""

from __future__ import annotations

import itertools
import random
import re
import string
import unicodedata

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strange import characters

from core._kernels import LONGEST_WORD
from core.errors import InputError
from core.lexicon import Lexicon, WordSpec

END, UNKNOWN, RECORD = -1, -2, "\x1e"
LATIN, CASED_LATIN = WordSpec("latin"), WordSpec("latin", lower=False)
UNICODE, CASED_UNICODE = WordSpec("unicode"), WordSpec("unicode", lower=False)
SPECS = [LATIN, CASED_LATIN, UNICODE, CASED_UNICODE]
PERSIAN = "می\u200cخواهم"  # "I want": two parts and a joiner that parts them
HINDI = "हिन्दी"  # "Hindi": letters, vowel signs and a virama
DOTTED_I, KELVIN = "\u0130", "\u212a"
SPECIAL = "aZkI \t-'_9\u0301\u200c\u200d\u03a3\u03c3\u03c2\u0391\u01c5\u00df\u00b2\u2160\U0001f600\U0001d7d8" + (
    DOTTED_I + KELVIN + PERSIAN + HINDI + RECORD
)
ANY_TEXT = st.text(st.one_of(st.sampled_from(SPECIAL), st.characters(exclude_categories=["Cs"])), max_size=80)


def begins(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN"


def goes_on(character: str) -> bool:
    return begins(character) or unicodedata.category(character)[0] == "M" or character in "\u200c\u200d"


def unicode_words(document: str) -> list[str]:
    """Every run that goes on, from its first character that may begin a word."""
    runs = ("".join(run) for inside, run in itertools.groupby(document, goes_on) if inside)
    words = ("".join(itertools.dropwhile(lambda one: not begins(one), run)) for run in runs)
    return [word for word in words if word]


def expected(block: str, spec: WordSpec) -> list[list[str]]:
    """The words of every document of a block. The last is perhaps not ended."""
    documents = (block.lower() if spec.lower else block).split(RECORD)
    if spec.letters == "latin":
        return [re.findall("[a-z]+" if spec.lower else "[A-Za-z]+", document) for document in documents]
    return [unicode_words(document) for document in documents]


def known(lexicon: Lexicon) -> list[str]:
    return lexicon.joined().decode().split()


def read(blocks: list[str], spec: WordSpec) -> tuple[list[list[str]], Lexicon]:
    """Documents with words in them, and the last, ended or not."""
    lexicon, streams, open_tokens = Lexicon(spec), [], 0
    for block in blocks:
        stream, open_tokens = lexicon.scan(block.encode(), open_tokens)
        assert stream.dtype == np.int32
        streams.append(stream)
    numbers, words = np.concatenate(streams), known(lexicon)
    ends = np.flatnonzero(numbers == END)
    documents = [[words[one] for one in part if one != END] for part in np.split(numbers, ends + 1)]
    assert open_tokens == len(documents[-1])
    return documents, lexicon


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Straße ÜBER, Äpfel!", ["straße", "über", "äpfel"]),
        ("ΟΔΟΣ ΣΑΣ.", ["οδος", "σας"]),
        (f"{HINDI} अंक।{HINDI}", [HINDI, "अंक", HINDI]),
        (f"{PERSIAN}، {PERSIAN[:2]}", [PERSIAN, PERSIAN[:2]]),
        ("東京 タワー、行く。", ["東京", "タワー", "行く"]),
        (f"{DOTTED_I}STANBUL IŞIK ı", ["i\u0307stanbul", "işik", "ı"]),
        ("ab😀cd \U0001f469\u200d\U0001f52c e\U0001f3fdf", ["ab", "cd", "e", "f"]),
        ("don't snake_case x² Ⅷ 3½ ٣", ["don", "t", "snake", "case", "x²", "ⅷ", "3½", "٣"]),
        ("a\u0301b \u0301c \u200cd\u200c e", ["a\u0301b", "c", "d\u200c", "e"]),
    ],
    ids=["German", "final sigma", "Hindi", "Persian", "Japanese", "Turkish", "emoji", "numbers", "marks"],
)  # fmt: skip
def test_words_of_many_scripts(text: str, words: list[str]) -> None:
    assert read([text], UNICODE)[0] == [words]
    assert expected(text, UNICODE) == [words]


@pytest.mark.parametrize("spec", SPECS, ids=str)
@given(blocks=st.lists(ANY_TEXT, max_size=4))
@example(blocks=[f"a{DOTTED_I}b {KELVIN}g \u03a3\u03a3'\u03a3", f"{RECORD}{RECORD} k{RECORD}"])
def test_any_text_is_read_by_its_categories(spec: WordSpec, blocks: list[str]) -> None:
    blocks = [f"{block} " for block in blocks] or [""]  # texts are cut after white space
    parts = [expected(block, spec) for block in blocks]
    documents = [[]]
    for first, *others in parts:
        documents[-1] += first
        documents += others
    *ended, last = documents
    found, lexicon = read(blocks, spec)
    assert found == [document for document in ended if document] + [last]
    met = list(dict.fromkeys(itertools.chain.from_iterable(documents)))
    assert known(lexicon) == met
    assert lexicon.types == len(met)


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_every_character_there_is(spec: WordSpec) -> None:
    text = " ".join(f"x{one}y" for one in characters() if one != RECORD)
    (found,), lexicon = read([text], spec)
    assert found == expected(text, spec)[0]
    again, _ = Lexicon(spec).scan(lexicon.joined())
    assert again.tolist() == list(range(lexicon.types)), "all words, joined, are a text of these words"


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_a_hundred_thousand_words_grow_the_table(spec: WordSpec) -> None:
    endings = itertools.islice(itertools.product(string.ascii_lowercase, repeat=4), 100_000)
    words = ["common" + "".join(ending) for ending in endings]
    order = random.Random(3).sample(range(len(words)), len(words))
    lexicon = Lexicon(spec)
    streams = [lexicon.scan(" ".join(part).encode())[0] for part in (words[:30_000], words[30_000:])]
    assert np.concatenate(streams).tolist() == list(range(len(words)))
    again, open_tokens = lexicon.scan(" ".join(words[number] for number in order).encode(), 7)
    assert again.tolist() == order
    assert open_tokens == len(words) + 7
    assert known(lexicon) == words


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_long_words_grow_the_table(spec: WordSpec) -> None:
    words = [letter * length for length in range(1, LONGEST_WORD + 1, 3) for letter in "ab"]
    lexicon = Lexicon(spec)
    assert lexicon.scan(" ".join(words + words).encode())[0].tolist() == [*range(len(words))] * 2
    assert known(lexicon) == words


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_a_longer_run_of_letters_is_no_word(spec: WordSpec) -> None:
    lexicon = Lexicon(spec)
    stream, tokens = lexicon.scan(f"x {'a' * LONGEST_WORD} {'a' * (LONGEST_WORD + 1)} x".encode())
    assert (stream.tolist(), tokens) == ([0, 1, 0], 3)


@given(given=st.lists(st.text("abc", min_size=1, max_size=3), unique=True, max_size=6), text=st.text("abc \x1e"))
def test_a_lexicon_that_does_not_learn(given: list[str], text: str) -> None:
    lexicon = Lexicon(LATIN, given, learn=False)
    numbers = {word: number for number, word in enumerate(given)}
    documents = [document.split() for document in text.split(RECORD)]
    wanted = [[numbers.get(word, UNKNOWN) for word in document] for document in documents]
    stream = [one for document in wanted[:-1] if document for one in [*document, END]] + wanted[-1]
    found, open_tokens = lexicon.scan(text.encode())
    assert found.tolist() == stream
    assert open_tokens == len(documents[-1])
    assert (lexicon.types, known(lexicon)) == (len(given), given)


def test_words_given_come_first_and_others_follow() -> None:
    lexicon = Lexicon(UNICODE, ["b", HINDI])
    assert lexicon.scan(f"a {HINDI} b A".encode())[0].tolist() == [2, 1, 0, 2]
    assert known(lexicon) == ["b", HINDI, "a"]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_no_words(spec: WordSpec) -> None:
    lexicon = Lexicon(spec)
    for block in (b"", b" ", b"\x1e\x1e", "\u0301\u200c \u2026".encode()):
        stream, open_tokens = lexicon.scan(block)
        assert (stream.tolist(), open_tokens) == ([], 0)
    assert (lexicon.types, lexicon.joined()) == (0, b"")
    assert lexicon.scan(b"\x1e", 3)[0].tolist() == [END], "the document that the block before left open"


def test_an_alphabet_that_is_not_there() -> None:
    with pytest.raises(InputError, match="letters is 'greek', and must be one of latin, unicode"):
        WordSpec("greek")
