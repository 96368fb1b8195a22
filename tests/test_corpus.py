"""Tokens, documents and vocabulary against hand counts and a naive reading of the rules."""

from __future__ import annotations

import itertools
import random
import re
import string
import unicodedata
from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strange import characters

import core.reading
from core.corpus import END, Corpus, CorpusSpec, Survey, encode, merged, read_corpus, survey, vocabulary
from core.errors import InputError
from core.lexicon import WordSpec
from core.reading import Text

UNSEEN = "[\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
KELVIN, DOTTED_I = "\u212a", "\u0130"
SPECIAL = "aAbBzZkKiI \n\r\t-'é" + KELVIN + DOTTED_I + "\u0131\u017f\u00a0\u2028\U0001d41a"
FEW_WORDS = st.text("aAbB  \n\r" + KELVIN + DOTTED_I, max_size=60)
ANY_TEXT = st.text(
    st.one_of(st.sampled_from(SPECIAL), st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    max_size=120,
)

DOCUMENTS = st.lists(st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=12), min_size=1, max_size=6)
RECORD = "\x1e"


def read(text: str, **knobs) -> Corpus:
    return read_corpus([Text("text", text.encode())], CorpusSpec(**knobs))


def documents(corpus: Corpus) -> list[list[str]]:
    """The corpus as lists of words."""
    bounds = itertools.pairwise(corpus.bounds)
    return [[corpus.vocabulary.words[number] for number in corpus.ids[a:b]] for a, b in bounds]


def chunked(documents: list[list[str]], cuts: random.Random) -> list[bytes]:
    """Clean text, cut after any of its spaces and ends."""
    text = "".join("".join(f"{word} " for word in document) + RECORD for document in documents)
    whole = re.findall(rf"[^ {RECORD}]*[ {RECORD}]", text)
    groups = itertools.groupby(whole, lambda _: cuts.random() < 0.4)
    return ["".join(group).encode() for _, group in groups]


def found_words(found: Survey) -> dict[str, int]:
    return dict(zip(found.words.decode().split(), found.frequency.tolist(), strict=True))


def plain(text: str) -> str:
    """Without what is not seen, and accents as one character with their letter."""
    return unicodedata.normalize("NFC", re.sub(UNSEEN, "", text))


def naive(text: str, vocab_size: int, min_count: int, min_tokens: int):
    """(documents of kept words, vocabulary, its counts, tokens), or None where there is no corpus."""
    lines = [re.findall("[a-z]+", line.lower()) for line in re.split("[\r\n\x85\u2028\u2029]", plain(text))]
    kept = [line for line in lines if len(line) >= min_tokens]
    frequency = Counter(itertools.chain.from_iterable(kept))
    ranked = sorted((-n, word) for word, n in frequency.items() if n >= min_count)[:vocab_size]
    if len(ranked) < 2:
        return None
    words = [word for _, word in ranked]
    inside = [[word for word in line if word in words] for line in kept]
    return inside, words, [-n for n, _ in ranked], sum(map(len, kept))


def test_hand_counted() -> None:
    corpus = read("The cat, the DOG.\n\nA CAT's tail\r\nTHE end")
    assert corpus.vocabulary.words == ("the", "cat", "a", "dog", "end", "s", "tail")
    assert corpus.vocabulary.unigram.tolist() == [3, 2, 1, 1, 1, 1, 1]
    assert documents(corpus) == [["the", "cat", "the", "dog"], ["a", "cat", "s", "tail"], ["the", "end"]]
    assert (corpus.vocabulary.documents, corpus.vocabulary.tokens, corpus.vocabulary.kept_tokens) == (3, 10, 10)


def test_vocabulary_size_keeps_the_most_frequent_and_ties_are_alphabetical() -> None:
    corpus = read("b b c a c a d", vocab_size=2)
    assert corpus.vocabulary.words == ("a", "b")
    assert documents(corpus) == [["b", "b", "a", "a"]]
    assert (corpus.vocabulary.tokens, corpus.vocabulary.kept_tokens) == (7, 4)


def test_min_count_drops_rare_words() -> None:
    assert read("a a a b b c", min_count=2).vocabulary.words == ("a", "b")


def test_min_tokens_counts_before_words_are_dropped() -> None:
    corpus = read("a b x\na b\na a b b", min_tokens=3, vocab_size=2)
    assert documents(corpus) == [["a", "b"], ["a", "a", "b", "b"]]
    assert corpus.vocabulary.tokens == 7


def test_a_document_ends_with_its_text() -> None:
    corpus = read_corpus([Text("one", b"a b"), Text("two", b"c d e")])
    assert documents(corpus) == [["a", "b"], ["c", "d", "e"]]


def test_bytes_that_are_not_utf8_separate() -> None:
    corpus = read_corpus([Text("latin-1", b"caf\xe9 au lait")])
    assert documents(corpus) == [["caf", "au", "lait"]]


@given(
    text=FEW_WORDS | ANY_TEXT,
    chunk=st.integers(1, 40),
    vocab_size=st.integers(2, 6),
    min_count=st.integers(1, 3),
    min_tokens=st.integers(1, 4),
)
@example(text=f"a{DOTTED_I}b {KELVIN}g\r\nk g", chunk=1, vocab_size=6, min_count=1, min_tokens=1)
def test_any_text_in_any_pieces_reads_as_the_naive_way(text, chunk, vocab_size, min_count, min_tokens) -> None:
    expected = naive(text, vocab_size, min_count, min_tokens)
    texts, spec = [Text("text", text.encode())], CorpusSpec(vocab_size, min_count, min_tokens)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core.reading, "CHUNK_BYTES", chunk)
        if expected is None:
            with pytest.raises(InputError):
                read_corpus(texts, spec)
            return
        corpus = read_corpus(texts, spec)
    inside, words, unigram, tokens = expected
    assert documents(corpus) == inside
    assert list(corpus.vocabulary.words) == words
    assert corpus.vocabulary.unigram.tolist() == unigram
    assert corpus.vocabulary.tokens == tokens


def test_every_unicode_character_separates_or_folds_as_lower_does() -> None:
    text = " ".join(f"x{one}y" for one in characters() if one != "\0")
    folding = {c for c in set(text) if ord(c) > 127 and set(c.lower()) & set(string.ascii_lowercase)}
    assert folding == {KELVIN, DOTTED_I}
    corpus = read(text)
    expected = Counter(re.findall("[a-z]+", plain(text).lower()))
    assert expected["xky"] == 3, "k, K and the Kelvin sign"
    assert dict(zip(corpus.vocabulary.words, corpus.vocabulary.unigram.tolist(), strict=True)) == expected


def test_seventy_thousand_words_grow_the_table() -> None:
    """More words than its first 65,536 slots and more letters than its first megabyte."""
    endings = itertools.islice(itertools.product(string.ascii_lowercase, repeat=4), 70_000)
    words = ["commonbeginning" + "".join(ending) for ending in endings]
    again = random.Random(3).sample(words, len(words))
    corpus = read(" ".join(words) + "\n" + " ".join(again), vocab_size=100_000)
    assert corpus.vocabulary.words == tuple(words)
    assert (corpus.vocabulary.unigram == 2).all()
    assert documents(corpus) == [words, again]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no document"),
        (b"\n \r\n123 ...\n", "no document"),
        (b"one one one", "only 1 different words"),
        (b"plain text\0", "NUL"),
        ("plain text".encode("utf-16-le"), "NUL"),
    ],
    ids=["empty", "no letters", "one word", "NUL", "UTF-16"],
)
def test_unusable_texts_are_named_in_one_line(data: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        read_corpus([Text("text", data)])
    assert len(str(caught.value).splitlines()) == 1


def test_no_text_at_all() -> None:
    with pytest.raises(InputError, match="no document"):
        read_corpus([])


@pytest.mark.parametrize("knob", [{"vocab_size": 1}, {"min_count": 0}, {"min_tokens": 0}])
def test_spec_names_the_knob_that_is_wrong(knob: dict[str, int]) -> None:
    with pytest.raises(InputError, match=next(iter(knob))):
        CorpusSpec(**knob)


def test_types_of_the_arrays() -> None:
    corpus = read("a b a")
    assert (corpus.ids.dtype, corpus.bounds.dtype, corpus.vocabulary.unigram.dtype) == (np.int32, np.int64, np.int64)


@given(documents=DOCUMENTS, parts=st.integers(1, 4), min_tokens=st.integers(1, 5), cuts=st.randoms())
def test_a_survey_counts_words_of_documents_that_are_long_enough(documents, parts, min_tokens, cuts) -> None:
    """However chunks cut the documents, and however many surveys share them."""
    spec = CorpusSpec(min_tokens=min_tokens)
    kept = [document for document in documents if len(document) >= min_tokens]
    surveys = [survey(chunked(documents[part::parts], cuts), spec) for part in range(parts)]
    for found in (survey(chunked(documents, cuts), spec), merged(surveys, spec), merged(surveys[::-1], spec)):
        words = found_words(found)
        assert {word: n for word, n in words.items() if n} == Counter(itertools.chain(*kept))
        assert set(words) == set(itertools.chain(*documents)), "words of short documents are met as well"
        assert (found.documents, found.tokens) == (len([one for one in kept if one]), sum(map(len, kept)))


@given(documents=DOCUMENTS, window=st.integers(0, 6), min_tokens=st.integers(1, 5), cuts=st.randoms())
def test_what_is_laid_twice_is_the_window_before_the_cut(documents, window, min_tokens, cuts) -> None:
    """Without what was laid before, pieces are the kept documents; with it, no pair of the window is lost."""
    spec = CorpusSpec(min_tokens=min_tokens)
    words = ("c", "a")  # numbers 0 and 1; the others are dropped
    lexicon = vocabulary(survey([b"c c a \x1e"], CorpusSpec()), CorpusSpec()).lexicon(spec)
    laid: list[int] = []
    for piece in encode(chunked(documents, cuts), lexicon, spec, window):
        assert piece.ids.dtype == np.int32
        ids = piece.ids.tolist()
        open_document = list(itertools.takewhile(lambda one: one != END, reversed(laid)))[::-1]
        assert ids[: piece.known] == open_document[max(0, len(open_document) - window) :]
        laid += ids[piece.known :]
    kept = [document for document in documents if len(document) >= max(1, min_tokens)]
    assert laid == [number for one in kept for number in [*(words.index(word) for word in one if word in words), END]]


def test_a_document_longer_than_many_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    words = [f"w{'abc'[n % 3]}" for n in range(3_000)]
    whole = read(" ".join(words) + "\nwa wb")
    monkeypatch.setattr(core.reading, "CHUNK_BYTES", 50)
    cut = read(" ".join(words) + "\nwa wb", min_tokens=2_999)
    assert documents(whole) == [words, ["wa", "wb"]]
    assert documents(cut) == [words]


def test_stop_words_can_be_left_out() -> None:
    text = "the sea and the ship and a sea"
    assert read(text, stop_words=False).vocabulary.words == ("sea", "ship")
    kept = read(text, stop_words=False, vocab_size=2)
    assert kept.vocabulary.words == ("sea", "ship"), "the most frequent of those that stay"
    assert (kept.vocabulary.tokens, kept.vocabulary.kept_tokens, kept.vocabulary.types) == (8, 3, 5)
    with pytest.raises(InputError, match="only 1 different words"):
        read("the sea and the sea", stop_words=False)


def test_more_words_wanted_than_there_are() -> None:
    corpus = read("b a b", vocab_size=1_000_000)
    assert corpus.vocabulary.words == ("b", "a")
    assert corpus.vocabulary.frequency.tolist() == [2, 1]


@given(counts=st.lists(st.integers(0, 4), min_size=1, max_size=20), size=st.integers(2, 9), least=st.integers(1, 3))
def test_the_vocabulary_is_the_head_of_the_sorted_words(counts: list[int], size: int, least: int) -> None:
    names = random.Random(len(counts)).sample([f"{a}{b}" for a in "xyz" for b in "abcdefg"], len(counts))
    found = Survey(" ".join(names).encode(), np.array(counts, np.int64), 1, sum(counts))
    spec = CorpusSpec(vocab_size=size, min_count=least, words=WordSpec("unicode"))
    ranked = sorted((-n, name) for n, name in zip(counts, names, strict=True) if n >= least)[:size]
    if len(ranked) < 2:
        with pytest.raises(InputError, match="at least 2 are needed"):
            vocabulary(found, spec)
        return
    chosen = vocabulary(found, spec)
    assert list(zip(chosen.unigram.tolist(), chosen.words, strict=True)) == [(-n, name) for n, name in ranked]
    assert chosen.frequency.tolist() == sorted((n for n in counts if n), reverse=True)
    assert chosen.types == sum(n > 0 for n in counts)


def test_words_of_any_script_and_case() -> None:
    text = "Der Öl-Preis, der Ölpreis\nDER ÖL"
    folded, cased = (read(text, words=WordSpec("unicode", lower)).vocabulary for lower in (True, False))
    assert folded.words == ("der", "öl", "preis", "ölpreis")
    assert folded.unigram.tolist() == [3, 2, 1, 1]
    assert cased.words == ("DER", "Der", "Preis", "der", "ÖL", "Öl", "Ölpreis")
    with pytest.raises(InputError, match="no document has 1 or more words of letters or digits"):
        read("… — …", words=WordSpec("unicode"))
