"""Word vectors as other programs read them."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from gensim.models import KeyedVectors
from hypothesis import given
from hypothesis import strategies as st

from core.commands.vectors import read_vectors
from core.errors import InputError
from core.export.vectors import projector, word2vec, word2vec_binary, word2vec_text
from core.export.words import celled, joined

STRANGE = [
    "a",
    "new york",
    "new_york",
    "new\tyork",
    "x\ny",
    "",
    "_",
    "no\u00a0break",
    "\u2028",
    "größe",
    "12",
    "-",
    "\x00",
    "\ud800",
]


def loaded(tmp_path, name: str, data: bytes) -> KeyedVectors:
    (tmp_path / name).write_bytes(data)
    return KeyedVectors.load_word2vec_format(str(tmp_path / name), binary=name.endswith(".bin"))


def test_gensim_loads_exactly_the_embeddings(kept, tmp_path):
    files = word2vec(kept.stored)
    assert sorted(files) == ["vectors.bin", "vectors.txt"]
    for name, data in files.items():
        found = loaded(tmp_path, name, data)
        assert tuple(found.index_to_key) == kept.stored.words
        assert found.vectors.dtype == np.float32
        assert np.array_equal(found.vectors, kept.stored.embeddings)
        ours = read_vectors(tmp_path / name)
        assert ours is not None
        assert np.array_equal(ours.embeddings, kept.stored.embeddings)


def test_a_file_and_the_store_give_the_same_files(kept):
    assert word2vec(kept.file) == word2vec(kept.stored)
    named = replace(kept.file, name=kept.stored.name)
    assert projector(named) == projector(kept.stored)


def test_two_matrices_are_two_files_each(kept, tmp_path):
    run = replace(kept.file, contexts=-2 * kept.file.embeddings)
    files = word2vec(run)
    assert sorted(files) == ["contexts.bin", "contexts.txt", "vectors.bin", "vectors.txt"]
    assert np.array_equal(loaded(tmp_path, "c.txt", files["contexts.txt"]).vectors, run.contexts)


@pytest.mark.parametrize("name", ["x.txt", "x.bin"])
def test_words_of_every_kind_keep_their_vectors(tmp_path, name):
    vectors = np.random.default_rng(0).standard_normal((len(STRANGE), 3)).astype(np.float32)
    data = (word2vec_binary if name.endswith("bin") else word2vec_text)(STRANGE, vectors)
    found = loaded(tmp_path, name, data)
    assert tuple(found.index_to_key) == joined(STRANGE)
    assert np.array_equal(found.vectors, vectors)
    assert found["new_york"].tolist() == vectors[2].tolist()


def test_the_rule_for_words():
    assert joined(["a b", "a_b", "a\tb", "c"]) == ("a_b_", "a_b", "a_b__", "c")
    assert joined(["twice", "twice"]) == ("twice", "twice_")


@given(st.lists(st.text(max_size=6), max_size=12))
def test_joined_words_are_in_one_piece_and_all_different(words):
    found = joined(words)
    assert len(set(found)) == len(words)
    assert all(len(piece.split()) == 1 for piece in found)
    whole = [word for word in dict.fromkeys(words) if len(word.split()) == 1 and word.isprintable()]
    assert [word for word in whole if found[words.index(word)] != word] == []


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_numbers_are_exact(number):
    line = word2vec_text(["a"], np.array([[number]], np.float32)).decode().splitlines()[1]
    assert np.float32(line.split()[1]) == np.float32(number)


def test_vectors_that_are_not_are_refused():
    for vectors in (np.full((1, 2), np.nan, np.float32), np.ones((2, 2), np.float32)):
        with pytest.raises(InputError, match="finite vector"):
            word2vec_text(["a"], vectors)


# the Embedding Projector: no line of headings above vectors, one above several columns, tabs between


def test_the_projector_reads_a_line_for_each_word(kept):
    files = projector(kept.stored)
    vectors = [line.split("\t") for line in files["vectors.tsv"].decode().split("\n")]
    assert vectors.pop() == [""]
    assert np.array_equal(np.array(vectors, np.float32), kept.stored.embeddings)
    heading, *rows = files["metadata.tsv"].decode().split("\n")
    assert rows.pop() == ""
    assert heading.split("\t") == ["word", "frequency_rank", "strongest_direction"]
    assert [row.split("\t")[0] for row in rows] == list(kept.stored.words)
    assert [int(row.split("\t")[1]) for row in rows] == list(range(1, 151))
    strongest = np.abs(kept.stored.embeddings).argmax(axis=1) + 1
    assert [int(row.split("\t")[2]) for row in rows] == strongest.tolist()


def test_its_configuration_names_the_files_beside_it(kept):
    files = projector(kept.stored)
    (one,) = json.loads(files["projector_config.json"])["embeddings"]
    assert one["tensorName"] == "my run"
    assert one["tensorShape"] == [150, 5]
    assert {one["tensorPath"], one["metadataPath"]} <= set(files)


def test_tabs_and_lines_in_words_do_not_break_the_columns(kept):
    size = len(STRANGE)
    files = projector(replace(kept.file, words=tuple(STRANGE), embeddings=np.ones((size, 2), np.float32)))
    rows = files["metadata.tsv"].decode().split("\n")[1:-1]
    assert len(rows) == size == files["vectors.tsv"].count(b"\n")
    assert {row.count("\t") for row in rows} == {2}
    assert all(row.strip() for row in rows)  # the projector skips lines without anything
    assert celled("new york\tx") == "new york x"


def test_one_dimension_becomes_two_which_the_projector_needs(kept):
    run = replace(kept.file, embeddings=kept.file.embeddings[:, :1])
    files = projector(run)
    assert json.loads(files["projector_config.json"])["embeddings"][0]["tensorShape"] == [150, 2]
    numbers = np.array([line.split("\t") for line in files["vectors.tsv"].decode().strip().split("\n")], float)
    assert numbers.shape == (150, 2)
    assert not numbers[:, 1].any()
    assert math.isclose(numbers[0, 0], float(run.embeddings[0, 0]), rel_tol=1e-7)
