"""Analogies against a loop over words in plain Python, similarities against ranks of pandas."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import core.evaluation
from core.errors import InputError
from core.evaluation import Score, answers, crossed, evaluate
from core.misses import Miss, stumped
from core.questions import Family, families, in_vocabulary, rated_pairs

Pair = tuple[int, int]


def unit_rows(embeddings: np.ndarray) -> list[list[float]]:
    lengths = [math.sqrt(sum(x * x for x in row)) for row in embeddings.tolist()]
    return [[x / (length or 1.0) for x in row] for row, length in zip(embeddings.tolist(), lengths, strict=True)]


def answer(unit: list[list[float]], a: int, b: int, c: int) -> tuple[int, float]:
    """The first of the best words for a : b :: c : ?, and its score; -1 if there is no other word."""
    sought = [z + y - x for x, y, z in zip(unit[a], unit[b], unit[c], strict=True)]
    best, best_score = -1, -math.inf
    for word, row in enumerate(unit):
        score = sum(x * y for x, y in zip(row, sought, strict=True))
        if word not in (a, b, c) and score > best_score:
            best, best_score = word, score
    return best, best_score


def naive(embeddings: np.ndarray, pairs: list[Pair]) -> list[list[int]]:
    unit = unit_rows(embeddings)
    return [[-1 if p == q else answer(unit, *p, q[0])[0] for q in pairs] for p in pairs]


@pytest.fixture(scope="module")
def cloud() -> np.ndarray:
    """Forty words in eight dimensions; the last is half of a parallelogram's corner, one has no vector."""
    made = np.random.default_rng(5).standard_normal((40, 8)) * np.geomspace(0.01, 100, 40)[:, None]
    made[17] = 0
    made[39] = made[2] / np.linalg.norm(made[2]) + made[1] / np.linalg.norm(made[1]) - made[0] / np.linalg.norm(made[0])
    return made


# One family


@pytest.mark.parametrize("block", [1, 7, 40, 2_000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_answers_are_those_of_the_loop(
    cloud: np.ndarray, block: int, dtype: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.evaluation, "_BLOCK", block)
    pairs = [(0, 1), (2, 39), (5, 6), (7, 17), (17, 8), (9, 1), (38, 0), (6, 5)]
    embeddings = cloud.astype(dtype)
    found = crossed(embeddings, pairs)
    expected = naive(embeddings, pairs)
    assert found.given.tolist() == expected
    right = sum(given == q[1] for row in expected for given, q in zip(row, pairs, strict=True))
    assert (found.right, found.total) == (right, 56)
    assert found.accuracy == right / 56
    assert found.hits[0, 1], "the parallelogram; its first word has number 0"
    assert right < 56


def test_scores_cosines_and_lengths_are_those_of_the_loop(cloud: np.ndarray) -> None:
    pairs = [(0, 1), (2, 39), (17, 5), (6, 17)]
    found, unit = crossed(cloud, pairs), np.array(unit_rows(cloud))
    cosines = []
    for p, (a, b) in enumerate(pairs):
        for q, (c, d) in enumerate(pairs):
            sought = unit[c] + unit[b] - unit[a]
            length = np.linalg.norm(sought)
            assert found.expected[p, q] == pytest.approx(unit[d] @ sought)
            assert found.lengths[p, q] == pytest.approx(length)
            if p != q:
                assert found.scores[p, q] == pytest.approx(unit[found.given[p, q]] @ sought)
                cosines.append(unit[d] @ sought / length)
    assert found.cosine == pytest.approx(np.mean(cosines))
    assert found.cosines[0, 1] == pytest.approx(1)


CORNERS = st.lists(st.sampled_from([-0.5, 0.5]), min_size=4, max_size=4)
ROWS = st.lists(st.one_of(CORNERS, st.just([0.0] * 4)), min_size=1, max_size=9)


@given(ROWS, st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=6))
def test_ties_go_to_the_first_word_and_nothing_else_matters(rows: list[list[float]], drawn: list[Pair]) -> None:
    """Corners of a cube: arithmetic is exact, and ties are everywhere. Pairs may repeat, or be a word with itself."""
    embeddings = np.array(rows)
    pairs = [(a % len(rows), b % len(rows)) for a, b in drawn]
    different = list(dict.fromkeys(pairs))
    found = crossed(embeddings, pairs)
    assert list(found.pairs) == different
    assert found.given.tolist() == naive(embeddings, different)
    assert found.total == len(different) * (len(different) - 1)


def test_nothing_to_ask() -> None:
    for pairs in ([], [(0, 1)], [(0, 1), (0, 1)]):
        found = crossed(np.eye(3), pairs)
        assert (found.right, found.total, found.hopeless) == (0, 0, 0)
        assert math.isnan(found.accuracy)
        assert math.isnan(found.cosine)
        assert stumped(np.eye(3), pairs, 5) == ()


def test_questions_that_contain_their_answer_are_counted_and_lost(cloud: np.ndarray) -> None:
    pairs = [(0, 1), (2, 1), (1, 3), (4, 5)]
    found = crossed(cloud, pairs)
    lost = [(p, q) for p, (a, b) in enumerate(pairs) for q, (c, d) in enumerate(pairs) if p != q and d in (a, b, c)]
    assert len(lost) == found.hopeless == 4
    assert not any(found.hits[p, q] for p, q in lost)
    assert found.total == 12


def test_results_are_read_only(cloud: np.ndarray) -> None:
    found = crossed(cloud, [(0, 1), (2, 3)])
    for array in (found.given, found.scores, found.expected, found.lengths, found.hits):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1


# One question


def test_ranked_answers(cloud: np.ndarray) -> None:
    unit = np.array(unit_rows(cloud))
    sought = unit[2] + unit[1] - unit[0]
    cosines = unit @ sought / np.linalg.norm(sought)
    order = [word for word in np.argsort(-cosines, kind="stable") if word not in (0, 1, 2)]
    found = answers(cloud, 0, 1, 2, count=6)
    assert [word for word, _ in found] == order[:6]
    assert [cosine for _, cosine in found] == pytest.approx(cosines[order[:6]])
    assert found[0] == (39, pytest.approx(1))
    assert len(answers(cloud, 0, 1, 2, count=100)) == 37
    assert len(answers(cloud, 3, 3, 3)) == 10


def test_what_is_said_of_a_miss_is_so(cloud: np.ndarray) -> None:
    pairs = [(0, 1), (2, 39), (5, 6), (7, 8), (9, 8), (3, 17)]
    unit, found = np.array(unit_rows(cloud)), stumped(cloud, pairs, 100)
    asked = crossed(cloud, pairs)
    missed = {q[1] for p in range(6) for n, q in enumerate(pairs) if p != n and not asked.hits[p, n]}
    assert {one.expected for one in found} == missed
    assert len(found) == len(missed), "each expected word once"
    for one in found:
        assert {(one.a, one.b), (one.c, one.expected)} <= set(pairs)
        sought = unit[one.c] + unit[one.b] - unit[one.a]
        cosines = unit @ sought / np.linalg.norm(sought)
        assert one.given == answer(unit.tolist(), one.a, one.b, one.c)[0] != one.expected
        assert (one.cosine, one.given_cosine) == pytest.approx((cosines[one.expected], cosines[one.given]))
        others = [word for word in range(40) if word not in (one.a, one.b, one.c)]
        ranked = sorted(others, key=lambda word: -cosines[word])
        assert one.rank == (ranked.index(one.expected) + 1 if one.expected in ranked else 0)
        first, second = unit[one.b] - unit[one.a], unit[one.expected] - unit[one.c]
        assert one.parallel == pytest.approx(first @ second / np.linalg.norm(first) / np.linalg.norm(second))
        near = np.argsort(-(unit @ unit[one.c]), kind="stable").tolist()
        assert list(one.neighbours) == [word for word in near if word != one.c][:5]
    gaps = [np.linalg.norm(unit[one.c] + unit[one.b] - unit[one.a]) * (one.given_cosine - one.cosine) for one in found]
    assert gaps == pytest.approx(sorted(gaps, reverse=True)), "furthest from right first"
    assert stumped(cloud, pairs, 2) == found[:2]
    (lost,) = stumped(cloud, [(0, 1), (2, 1)], 5)
    assert (lost.expected, lost.rank, lost.reason) == (1, 0, "excluded")


def test_reasons() -> None:
    miss = Miss(1, 2, 3, expected=4, given=5, cosine=0.1, given_cosine=0.5, rank=7, parallel=0.2, neighbours=(2, 6, 5))
    assert miss.reason == "apart"
    assert replace(miss, neighbours=(1, 2, 5, 6)).reason == "neighbour", "the words of the question cannot be answers"
    assert replace(miss, rank=2, neighbours=(5,)).reason == "runner-up"
    assert replace(miss, rank=0, expected=2).reason == "excluded"


# All families


@pytest.fixture(scope="module")
def vocabulary() -> list[str]:
    """Every fourth word of the questions, those of two families whole, and words that nobody asks for."""
    asked = sorted({word for family in families() for pair in family.pairs for word in pair})
    whole = {word for name in (3, 4) for pair in families()[name].pairs for word in pair}
    words = [f"nobody{number}" for number in range(60)] + asked[::4] + sorted(whole - set(asked[::4]))
    shuffled = np.random.default_rng(1).permutation(words).tolist()
    return ["boy", *(word for word in shuffled if word != "boy")]


@pytest.fixture(scope="module")
def embeddings(vocabulary: list[str]) -> np.ndarray:
    """Random, but words of a question share something, so that some are right and some are wrong."""
    rng = np.random.default_rng(2)
    made = rng.standard_normal((len(vocabulary), 30))
    place = {word: number for number, word in enumerate(vocabulary)}
    for family in families():
        turn = rng.standard_normal(30)
        for a, b in in_vocabulary(family, place):
            made[b] = made[a] + turn + 0.6 * rng.standard_normal(30)
    made[place["texas"]] = 0
    return made.astype(np.float32)


def matrix_naive(embeddings: np.ndarray, index: dict[str, int], family: Family, listed: bool) -> Score:
    """One question after another, in float64."""
    exact = embeddings.astype(np.float64)
    unit = exact / np.maximum(np.linalg.norm(exact, axis=1, keepdims=True), 1e-300)
    halves = list(dict.fromkeys(half for q in family.questions for half in (q[:2], q[2:])))
    questions = list(family.questions) if listed else [(*p, *q) for p in halves for q in halves if p != q]
    right = total = 0
    for question in questions:
        if all(word in index for word in question):
            a, b, c, d = (index[word] for word in question)
            scores = unit @ (unit[c] + unit[b] - unit[a])
            scores[[a, b, c]] = -np.inf
            total += 1
            right += int(scores.argmax()) == d
    return Score(family.name, right, total, len(questions))


@pytest.mark.parametrize("listed", [False, True], ids=["crossed", "as listed"])
def test_every_family_is_as_a_loop_has_it(vocabulary: list[str], embeddings: np.ndarray, listed: bool) -> None:
    index = {word: number for number, word in enumerate(vocabulary)}
    found = evaluate(embeddings, vocabulary, crossed=not listed)
    expected = tuple(matrix_naive(embeddings, index, family, listed) for family in families())
    assert found.analogies == expected
    assert found.crossed is not listed
    assert [one.total for one in found.analogies if one.total == one.possible], "a family that is there whole"
    assert any(0 < one.right < one.total < one.possible for one in expected), "and one that is not"
    assert found.total == sum(one.total for one in expected)
    assert found.possible == (19_544 if listed else 30_494)
    assert found.accuracy == sum(one.right for one in expected) / found.total


def test_the_first_word_of_the_vocabulary_is_asked(vocabulary: list[str], embeddings: np.ndarray) -> None:
    assert vocabulary[0] == "boy"
    family = next(one for one in families() if one.name == "family")
    counts = {one.name: one for one in evaluate(embeddings, vocabulary).analogies}
    assert counts["family"].total == len(family.pairs) * (len(family.pairs) - 1) == 506
    without = {one.name: one for one in evaluate(embeddings[1:], vocabulary[1:]).analogies}
    assert without["family"].total == 22 * 21


def test_order_and_length_of_vectors_do_not_matter(vocabulary: list[str], embeddings: np.ndarray) -> None:
    rng = np.random.default_rng(3)
    order = rng.permutation(len(vocabulary))
    longer = embeddings[order] * rng.uniform(0.1, 10, (len(order), 1)).astype(np.float32)
    turned = longer @ np.linalg.qr(rng.standard_normal((30, 30)))[0]
    found, same = evaluate(embeddings, vocabulary), evaluate(turned, [vocabulary[number] for number in order])
    assert same.analogies == found.analogies
    assert_allclose([one.spearman for one in same.similarity], [one.spearman for one in found.similarity], rtol=1e-6)


def test_a_parallelogram_is_found_and_shuffled_rows_are_chance() -> None:
    family = next(one for one in families() if one.name == "gram3-comparative")
    words = [word for pair in family.pairs for word in pair] + [f"nobody{number}" for number in range(400)]
    rng = np.random.default_rng(0)
    places, turn = rng.standard_normal((len(family.pairs), 50)), rng.standard_normal(50)
    both = np.stack([places, places + turn], axis=1).reshape(-1, 50)
    planted = np.concatenate([both, rng.standard_normal((400, 50))])
    score = next(one for one in evaluate(planted, words).analogies if one.name == family.name)
    assert (score.accuracy, score.total) == (1, 37 * 36)
    shuffled = next(one for one in evaluate(rng.permutation(planted), words).analogies if one.name == family.name)
    assert shuffled.accuracy < 0.02
    assert crossed(planted, in_vocabulary(family, {word: n for n, word in enumerate(words)})).cosine > 0.9


def test_words_that_differ_in_case_count_as_the_first(vocabulary: list[str], embeddings: np.ndarray) -> None:
    cased = [word.title() if number % 2 else word for number, word in enumerate(vocabulary)]
    others = np.random.default_rng(6).standard_normal(embeddings.shape)
    found = evaluate(np.concatenate([embeddings, others]), [*cased, *(word.upper() for word in vocabulary)])
    assert found == evaluate(embeddings, vocabulary)


def test_a_vocabulary_that_nobody_asks_for() -> None:
    found = evaluate(np.eye(3), ["x", "yy", "zzz"])
    assert (found.total, found.overall.right, found.possible) == (0, 0, 30_494)
    assert math.isnan(found.accuracy)
    assert all(math.isnan(one.accuracy) for one in found.analogies)
    assert [(one.pairs, one.possible) for one in found.similarity] == [(0, 353), (0, 999)]
    assert all(math.isnan(one.spearman) for one in found.similarity)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (np.eye(3), "2 words, and embeddings of shape .3, 3."),
        (np.ones(2), "embeddings of shape .2,."),
        (np.array([[1.0], [np.nan]]), "not finite"),
        (np.array([[np.inf], [1.0]]), "not finite"),
    ],
)
def test_what_cannot_be_asked_is_told(bad: np.ndarray, told: str) -> None:
    with pytest.raises(InputError, match=told):
        evaluate(bad, ["a", "b"])


# Similarity


@pytest.mark.parametrize("name", ["wordsim353", "simlex999"])
def test_similarity_is_a_correlation_of_ranks(name: str) -> None:
    words = sorted({word for a, b, _ in rated_pairs(name) for word in (a, b)})[::2]
    made = np.random.default_rng(4).standard_normal((len(words), 6))
    place = {word: number for number, word in enumerate(words)}
    rows = []
    for a, b, rating in rated_pairs(name):
        if a in place and b in place:
            first, second = made[place[a]], made[place[b]]
            rows.append((first @ second / np.linalg.norm(first) / np.linalg.norm(second), rating))
    ranks = pd.DataFrame(rows).rank()
    found = next(one for one in evaluate(made, words).similarity if one.name == name)
    assert found.spearman == pytest.approx(ranks[0].corr(ranks[1]))
    assert (found.pairs, found.possible) == (len(rows), len(rated_pairs(name)))
    assert 50 < found.pairs < found.possible


def test_a_pair_rated_twice_counts_twice() -> None:
    found = evaluate(np.eye(3), ["money", "cash", "tiger"]).similarity[0]
    assert found.pairs == 3, "money and cash twice, and a tiger with itself"
    assert found.spearman == pytest.approx(math.sqrt(3) / 2), "ranks 1.5 1.5 3 of cosines, 2 1 3 of ratings"


def test_one_pair_or_equal_cosines_have_no_correlation() -> None:
    assert math.isnan(evaluate(np.eye(2), ["love", "sex"]).similarity[0].spearman)
    assert math.isnan(evaluate(np.eye(2), ["money", "cash"]).similarity[0].spearman), "one cosine, two ratings"
    assert math.isnan(evaluate(np.zeros((3, 2)), ["love", "sex", "tiger"]).similarity[0].spearman)


def test_perfect_agreement_is_one() -> None:
    """Cosines with *tiger* that rise with the ratings; no two of the other words are a pair."""
    words = ["carnivore", "mammal", "animal", "organism", "fauna", "zoo"]
    ratings = {b: rating for a, b, rating in rated_pairs("wordsim353") if a == "tiger"}
    angles = np.array([0] + [math.acos(ratings[word] / 11) for word in words])
    made = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    assert evaluate(made, ["lion", *words]).similarity[0].pairs == 0, "without the tiger nothing is asked"
    found = evaluate(made, ["tiger", *words]).similarity[0]
    assert found.pairs == 7, "one with itself"
    assert found.spearman == pytest.approx(1)
    made[1:, 0] *= -1
    assert evaluate(made, ["tiger", *words]).similarity[0].spearman < 0
