"""Planted texts: the derived eigenpairs against brute force over hidden signs, and against what a text shows."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.sparse import csr_array

from core.corpus import Corpus, CorpusSpec, read_corpus
from core.counts import Cooccurrence, CountSpec, Source, count
from core.errors import InputError
from core.planted import MAX_TOKENS, SYLLABLES, Planted, PlantedSpec, beside, planted_concepts, planted_text
from core.reading import Text
from core.spectrum import Spectrum, decompose
from core.targets import m_star

SMALL = PlantedSpec(concepts=3, strength=0.8, decay=0.7, vocab_size=16, documents=200, document_tokens=10)


def features(word: str, concepts: int) -> list[int]:
    """What a word shows of itself: its value in {-1, +1} for each feature."""
    return [SYLLABLES[f].index(word[2 * f : 2 * f + 2]) * -2 + 1 for f in range(concepts)]


def brute_force(spec: PlantedSpec) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """Words, P_i and P_ij by running through every assignment of the hidden signs, one for each node of a feature."""
    words = planted_concepts(spec).words
    slots = [(f, path) for f in range(spec.concepts) for path in product((1, -1), repeat=f if spec.hierarchy else 0)]
    joint, unigram = np.zeros((len(words), len(words))), np.zeros(len(words))
    assignments = list(product((1, -1), repeat=len(slots)))
    for assignment in assignments:
        hidden = dict(zip(slots, assignment, strict=True))
        chances = []
        for word in words:
            values, chance = features(word, spec.concepts), spec.corners / spec.vocab_size
            for f, value in enumerate(values):
                sign = hidden[f, tuple(values[:f]) if spec.hierarchy else ()]
                chance *= (1 + spec.strength * spec.decay**f * value * sign) / 2
            chances.append(chance)
        unigram += np.array(chances) / len(assignments)
        joint += np.outer(chances, chances) / len(assignments)
    return words, unigram, joint


def paper_m_star(joint: np.ndarray, unigram: np.ndarray) -> np.ndarray:
    chance = np.outer(unigram, unigram)
    return (joint - chance) / ((joint + chance) / 2)


def seen(spec: PlantedSpec, *, window: int = 16, rank: int = 7) -> tuple[Planted, Cooccurrence, Spectrum]:
    counts = count(read_corpus([Text("planted", b"".join(planted_text(spec)))], CorpusSpec()), CountSpec(window=window))
    return planted_concepts(spec), counts, decompose(m_star(counts), rank)


def found(spec: PlantedSpec, **options: int) -> np.ndarray:
    """|overlap| of the k-th planted eigenvector with the k-th of a text."""
    planted, counts, spectrum = seen(spec, **options)
    return np.abs(np.einsum("ik,ik->k", planted.rows(counts.words)[:, : spectrum.rank], spectrum.vectors))


@pytest.mark.parametrize("hierarchy", [False, True])
@pytest.mark.parametrize(("strength", "decay", "vocab_size"), [(0.8, 0.7, 16), (1, 0.5, 8), (0.5, 1, 24), (0, 1, 8)])
def test_the_derivation_agrees_with_brute_force(
    hierarchy: bool, strength: float, decay: float, vocab_size: int
) -> None:
    spec = replace(SMALL, hierarchy=hierarchy, strength=strength, decay=decay, vocab_size=vocab_size)
    words, unigram, joint = brute_force(spec)
    assert joint.sum() == pytest.approx(1)
    assert unigram == pytest.approx(1 / vocab_size)
    planted, exact = planted_concepts(spec), paper_m_star(joint, unigram)
    assert planted.vectors.T @ planted.vectors == pytest.approx(np.eye(8), abs=1e-12)
    assert (planted.vectors * planted.values) @ planted.vectors.T == pytest.approx(exact, abs=1e-12)
    expected = np.sort(np.concatenate([planted.values, np.zeros(vocab_size - 8)]))
    assert np.linalg.eigvalsh(exact) == pytest.approx(expected, abs=1e-10)
    assert list(words) == sorted(words)


def test_the_definition_of_m_star_is_that_of_the_program() -> None:
    """Strength 1/2 makes every P_ij a fraction of small integers: counts that are exactly those of endless text."""
    spec = PlantedSpec(concepts=3, strength=0.5, decay=1, vocab_size=8)
    words, unigram, joint = brute_force(spec)
    whole = np.rint(joint * 4**3 * 8**2).astype(np.int64)
    assert whole == pytest.approx(joint * 4**3 * 8**2)
    lower = csr_array(np.tril(whole))
    counts = Cooccurrence(words, np.rint(unigram * 8).astype(np.int64), lower, Source(1, 8, 8, 1))
    planted = planted_concepts(spec)
    assert (planted.vectors * planted.values) @ planted.vectors.T == pytest.approx(m_star(counts), abs=1e-6)


def test_concepts_read_as_their_words() -> None:
    planted = planted_concepts(PlantedSpec())
    assert planted.names[:5] == ("ka-mi", "lo-tu", "be-sa", "du-ri", "fo-ne")
    assert (np.diff(planted.values) <= 0).all()
    signs = np.array([features(word, 5) for word in planted.words])
    assert (np.sign(planted.vectors[:, :5]) == signs).all()
    product_of_two = planted.vectors[:, planted.names.index("ka-mi x lo-tu")]
    assert (np.sign(product_of_two) == signs[:, 0] * signs[:, 1]).all()


PRODUCTS_FIRST = PlantedSpec(concepts=4, strength=0.85, decay=0.5)


def test_concepts_stand_beside_the_eigenvalues_of_their_own_rank() -> None:
    """Products of two strong features come before a weak feature."""
    planted = planted_concepts(PRODUCTS_FIRST)
    rows = beside(planted, planted.words, planted.values, planted.vectors)
    assert [row.name for row in rows] == ["ka-mi", "lo-tu", "be-sa", "du-ri"]
    assert planted.names.index("ka-mi x lo-tu") < planted.names.index("du-ri"), "a fair question"
    for row in rows:
        assert row.found == row.planted == planted.values[planted.names.index(row.name)]
        assert row.share == pytest.approx(1)


def test_what_is_beside_the_concepts_of_a_text() -> None:
    """Words and eigenvalues in their own order, the last concept in place of the second, and no more than three."""
    planted = planted_concepts(PRODUCTS_FIRST)
    places = np.random.default_rng(0).permutation(len(planted.words))
    words, vectors = [planted.words[n] for n in places], planted.vectors[places]
    ranks = [planted.names.index(name) for name in ("ka-mi", "lo-tu", "be-sa", "du-ri")]
    few = ranks[2] + 1
    swapped = vectors[:, :few].copy()
    swapped[:, 1] = vectors[:, ranks[3]]
    rows = beside(planted, words, np.arange(100.0, 100 - few, -1), swapped)
    assert few <= ranks[3]
    assert [row.found for row in rows] == [100, 99, 100 - ranks[2], None]
    assert [row.share for row in rows] == pytest.approx([1, 0, 1, 1])


def test_no_more_than_the_most_asked_for_stand_beside() -> None:
    planted = planted_concepts(PlantedSpec(concepts=4, hierarchy=True))
    rows = beside(planted, planted.words, planted.values, planted.vectors, most=7)
    assert [row.name for row in rows] == [name for name in planted.names if name != "every word"][:7]
    assert len(beside(planted, planted.words, planted.values, planted.vectors, most=100)) == 15


def test_a_concept_of_the_tree_lives_below_its_node() -> None:
    planted = planted_concepts(replace(SMALL, hierarchy=True))
    assert planted.names[:3] == ("ka-mi", "ka: lo-tu", "mi: lo-tu")
    vector = planted.vectors[:, planted.names.index("milo: be-sa")]
    expected = [(word[4] == "b") * 2 - 1 if word.startswith("milo") else 0 for word in planted.words]
    assert (np.sign(vector) == expected).all()
    assert planted.values[1] == pytest.approx(planted.values[2])


@pytest.mark.parametrize("window", [1, 5, 40])
def test_a_text_shows_its_concepts_at_any_window(window: int) -> None:
    spec = PlantedSpec()
    planted, counts, spectrum = seen(spec, window=window)
    overlap = np.abs(np.einsum("ik,ik->k", planted.rows(counts.words)[:, :5], spectrum.vectors[:, :5]))
    assert overlap[:3].min() > 0.97
    assert overlap.min() > 0.95
    assert spectrum.values[:5] == pytest.approx(planted.values[:5], rel=0.12)
    assert counts.words != planted.words, "a finite text orders equally frequent words by chance"


def test_less_strength_shows_less() -> None:
    values = [planted_concepts(PlantedSpec(strength=strength)).values[:5] for strength in (0.7, 0.4, 0.2)]
    assert (values[0] > 2 * values[1]).all()
    assert (values[1] > 2 * values[2]).all()
    clear, weak, none = (found(PlantedSpec(strength=strength), rank=5) for strength in (0.7, 0.15, 0))
    assert clear.min() > 0.99
    assert (weak < clear).all()
    assert weak[0] > 0.9, "the strongest of the weak ones is still there"
    assert weak[4] < 0.5, "the weakest drowns"
    assert none.max() < 0.4, "no strength, nothing to find"


def test_less_text_shows_less() -> None:
    overlaps = [found(PlantedSpec(documents=documents), rank=5).mean() for documents in (6_000, 200, 30)]
    assert overlaps[0] > overlaps[1] > overlaps[2]


def test_a_tree_shows_its_levels() -> None:
    """The nodes of a level have one eigenvalue, so only the space they span can be found."""
    planted, counts, spectrum = seen(PlantedSpec(hierarchy=True))
    overlaps = planted.rows(counts.words)[:, :7].T @ spectrum.vectors
    for begin, end in ((0, 1), (1, 3), (3, 7)):
        share = (overlaps[begin:end, begin:end] ** 2).sum() / (end - begin)
        assert share > 0.95**2
    assert spectrum.values == pytest.approx(planted.values[:7], rel=0.15)


@pytest.mark.parametrize("hierarchy", [False, True])
def test_the_text_is_what_was_asked_for(hierarchy: bool) -> None:
    spec = replace(SMALL, hierarchy=hierarchy, documents=150_000 // 10)
    chunks = list(planted_text(spec))
    assert len(chunks) > 1
    assert all(chunk.endswith(b"\n") for chunk in chunks)
    corpus: Corpus = read_corpus([Text("planted", b"".join(chunks))], CorpusSpec())
    assert (corpus.vocabulary.documents, corpus.vocabulary.tokens) == (spec.documents, spec.tokens)
    assert set(np.diff(corpus.bounds)) == {10}
    assert sorted(corpus.vocabulary.words) == list(planted_concepts(spec).words)
    assert set(b"".join(chunks)) <= set(b"abcdefghijklmnopqrstuvwxyz \n")
    expected = spec.tokens / 16
    assert np.abs(corpus.vocabulary.unigram - expected).max() < 0.1 * expected


def test_the_text_depends_on_its_spec_alone() -> None:
    text = b"".join(planted_text(SMALL))
    assert text == b"".join(planted_text(SMALL))
    assert text != b"".join(planted_text(replace(SMALL, seed=1)))


def test_rows_follow_the_words_that_are_asked_for() -> None:
    planted = planted_concepts(SMALL)
    backwards = planted.words[::-1]
    assert (planted.rows(backwards) == planted.vectors[::-1]).all()
    with pytest.raises(InputError, match="'house' was not planted"):
        planted.rows(["house"])
    for array in (planted.values, planted.vectors):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"concepts": 0}, "concepts is 0, and must be from 1 to 7"),
        ({"concepts": 8}, "concepts is 8"),
        ({"strength": 1.1}, "strength is 1.1, and must be from 0 to 1"),
        ({"strength": float("nan")}, "strength is nan"),
        ({"decay": 0}, "decay is 0"),
        ({"decay": 1.5}, "decay is 1.5"),
        ({"vocab_size": 250}, r"vocab_size is 250, and must be a multiple of 2\^concepts = 32 from 32 to 10,000"),
        ({"vocab_size": 0}, "vocab_size is 0"),
        ({"vocab_size": 32_000}, "vocab_size is 32000"),
        ({"documents": 0}, "at least 1 document"),
        ({"document_tokens": 1}, "2 words in each"),
        ({"documents": MAX_TOKENS}, "must be at most 100,000,000"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_impossible_specs(changes: dict, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        PlantedSpec(**changes)


@pytest.mark.parametrize("concepts", range(1, len(SYLLABLES) + 1))
@pytest.mark.parametrize("synonyms", [1, 15, 16])
def test_every_vocabulary_has_its_words(concepts: int, synonyms: int) -> None:
    planted = planted_concepts(PlantedSpec(concepts=concepts, vocab_size=synonyms * 2**concepts))
    assert len(set(planted.words)) == synonyms * 2**concepts
    assert len({len(word) for word in planted.words}) == 1
    assert list(planted.words) == sorted(planted.words)
