"""Pair weights against a naive double loop, and their file against everything that can go wrong."""

from __future__ import annotations

import hashlib
import itertools
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import core.counts
from core.corpus import Corpus, CorpusSpec, read_corpus
from core.counts import Cooccurrence, CountSpec, Source, count, load_counts, save_counts
from core.errors import InputError
from core.sources import ASSETS, load_statistics

CORPORA = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=12), min_size=1, max_size=6)


def read(text: str, **knobs) -> Corpus:
    return read_corpus([[text.encode()]], CorpusSpec(**knobs))


def dense(counts: Cooccurrence) -> np.ndarray:
    """The whole symmetrised matrix, from its lower triangle."""
    lower = counts.lower.toarray()
    return lower + np.tril(lower, -1).T


def naive(documents: list[list[str]], words: tuple[str, ...], window: int) -> np.ndarray:
    """Every position is a centre with ``window`` words on each side."""
    table = np.zeros((len(words), len(words)), np.int64)
    for document in documents:
        numbers = [words.index(word) for word in document]
        for a, centre in enumerate(numbers):
            for b, other in enumerate(numbers):
                if a != b and abs(a - b) <= window:
                    table[centre, other] += window + 1 - abs(a - b)
    return table


def assert_same(one: Cooccurrence, other: Cooccurrence) -> None:
    assert one.words == other.words
    assert one.unigram.tolist() == other.unigram.tolist()
    assert one.source == other.source
    assert (dense(one) == dense(other)).all()


def test_hand_counted() -> None:
    counts = count(read("a b a c\nb b"), CountSpec(window=2))
    assert counts.words == ("b", "a", "c")
    # a-b at distance 1 twice, a-a at 2 (doubled), a-c at 1, b-c at 2, b-b at 1 (doubled)
    assert dense(counts).tolist() == [[4, 4, 1], [4, 2, 2], [1, 2, 0]]
    assert counts.source == Source(documents=2, tokens=6, kept_tokens=6, window=2)


def test_words_are_removed_before_windows_are_laid() -> None:
    counts = count(read("a x b\na y b", vocab_size=2), CountSpec(window=1))
    assert counts.words == ("a", "b")
    assert dense(counts).tolist() == [[0, 2], [2, 0]]


@given(documents=CORPORA, window=st.integers(1, 15))
def test_any_corpus_counts_as_the_double_loop(documents: list[list[str]], window: int) -> None:
    corpus_text = "\n".join(" ".join(document) for document in documents)
    assume(len(set(itertools.chain(*documents))) > 1)
    corpus = read(corpus_text)
    expected = naive(documents, corpus.words, window)
    if not expected.any():
        with pytest.raises(InputError, match="no pairs"):
            count(corpus, CountSpec(window))
        return
    for workers, cells in ((1, 1 << 20), (2, 1 << 20), (3, 1 << 20), (1, 1), (2, 16)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(core.counts, "TABLE_BYTES", 8 * cells)
            counts = count(corpus, CountSpec(window, workers))
        assert (dense(counts) == expected).all()
    zeros = int((expected == 0).sum())
    assert counts.total_weight == expected.sum()
    assert counts.row_weights.tolist() == expected.sum(axis=1).tolist()
    assert counts.unseen_share == pytest.approx(zeros / expected.size)
    pairs = itertools.product(range(len(expected)), repeat=2)
    assert all(counts.count(i, j) == expected[i, j] for i, j in pairs)


def test_workers_and_bands_do_not_matter(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = count(corpus, CountSpec(window=7))
    shares: list[float] = []
    monkeypatch.setattr(core.counts, "TABLE_BYTES", 8 * 20)
    banded = count(corpus, CountSpec(window=7, workers=3), progress=shares.append)
    assert_same(whole, banded)
    assert len(shares) > 5, "the small table was meant to take many bands"
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_head_is_the_corner(counts: Cooccurrence) -> None:
    for size in range(2, counts.vocab_size + 1):
        head = counts.head(size)
        assert head.words == counts.words[:size]
        assert head.unigram.tolist() == counts.unigram[:size].tolist()
        assert (dense(head) == dense(counts)[:size, :size]).all()
        assert head.row_weights.tolist() == dense(counts)[:size, :size].sum(axis=1).tolist()


@pytest.mark.parametrize("size", [-1, 0, 1, 15])
def test_head_of_an_impossible_size(counts: Cooccurrence, size: int) -> None:
    with pytest.raises(InputError, match=f"vocabulary size is {size}.*14 words"):
        counts.head(size)


def test_index_finds_every_word(counts: Cooccurrence) -> None:
    assert [counts.index[word] for word in counts.words] == list(range(counts.vocab_size))


def test_counts_beyond_float32_are_exact() -> None:
    length, window = 2_001, 1_000
    counts = count(read(" ".join("ab"[n % 2] for n in range(length))), CountSpec(window))
    odd = sum((length - n) * (window + 1 - n) for n in range(1, window + 1, 2))
    even = sum((length - n) * (window + 1 - n) for n in range(2, window + 1, 2))
    assert int(np.float32(odd)) != odd > 2**24, "float32 would lose this one"
    assert counts.count(0, 1) == counts.count(1, 0) == odd
    assert counts.count(0, 0) + counts.count(1, 1) == 2 * even


@pytest.mark.parametrize(
    "knob", [{"window": 0}, {"window": 1_001}, {"workers": 0}], ids=["no window", "huge window", "no worker"]
)
def test_spec_names_the_knob_that_is_wrong(knob: dict[str, int]) -> None:
    with pytest.raises(InputError, match=next(iter(knob))):
        CountSpec(**knob)


# The file


@pytest.fixture
def saved(counts: Cooccurrence, tmp_path: Path) -> Path:
    path = tmp_path / "counts.parquet"
    save_counts(counts, path)
    return path


def test_a_file_gives_the_counts_back(counts: Cooccurrence, saved: Path) -> None:
    assert_same(load_counts(saved), counts)
    assert [path.name for path in saved.parent.iterdir()] == ["counts.parquet"]


def test_a_prefix_of_the_file_is_the_head(counts: Cooccurrence, saved: Path) -> None:
    for size in range(2, counts.vocab_size + 1):
        assert_same(load_counts(saved, size), counts.head(size))


def test_more_words_than_the_file_has(saved: Path) -> None:
    with pytest.raises(InputError, match="vocabulary size is 15.*14 words"):
        load_counts(saved, 15)


def test_saving_twice_gives_the_same_bytes(counts: Cooccurrence, saved: Path) -> None:
    first = saved.read_bytes()
    save_counts(counts, saved)
    assert saved.read_bytes() == first


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
def test_a_truncated_file(saved: Path, share: float) -> None:
    data = saved.read_bytes()
    saved.write_bytes(data[: int(share * len(data))])
    with pytest.raises(InputError, match=r"counts\.parquet: not a readable file of counts"):
        load_counts(saved)


def test_things_that_are_no_file_of_counts(tmp_path: Path) -> None:
    foreign, plain = tmp_path / "foreign.parquet", tmp_path / "plain.txt"
    pq.write_table(pa.table({"i": [0, 1], "j": [0, 0], "weight": [1, 2]}), foreign)
    plain.write_text("just a text, long enough to be taken for something\n")
    for path in (foreign, plain, tmp_path, tmp_path / "absent.parquet"):
        with pytest.raises(InputError, match=path.name) as caught:
            load_counts(path)
        assert len(str(caught.value).splitlines()) == 1


def set_cell(column: str, row: int, value: int):
    def change(columns: dict, header: dict) -> None:
        columns[column][row] = value

    return change


def set_header(key: str, value):
    def change(columns: dict, header: dict) -> None:
        header[key] = value

    return change


def swap_rows(columns: dict, header: dict) -> None:
    for values in columns.values():
        values[0], values[1] = values[1], values[0]


def repeat_row(columns: dict, header: dict) -> None:
    for values in columns.values():
        values.insert(1, values[0])


def drop_everything(columns: dict, header: dict) -> None:
    for values in columns.values():
        values.clear()


def drop_a_word(columns: dict, header: dict) -> None:
    header["words"].pop()


def same_word_twice(columns: dict, header: dict) -> None:
    header["words"][1] = header["words"][0]


def rename_weight(columns: dict, header: dict) -> None:
    columns["weights"] = columns.pop("weight")


CHANGES = {
    "zero weight": set_cell("weight", 3, 0),
    "negative weight": set_cell("weight", 3, -7),
    "missing weight": set_cell("weight", 3, None),
    "upper triangle": set_cell("j", 0, 5),
    "row beyond the words": set_cell("i", -1, 14),
    "negative column": set_cell("j", 2, -1),
    "rows out of order": swap_rows,
    "repeated row": repeat_row,
    "no rows": drop_everything,
    "no weight column": rename_weight,
    "a word too few": drop_a_word,
    "a word twice": same_word_twice,
    "numbers for words": set_header("words", list(range(14))),
    "a word never met": set_header("unigram", [0] * 14),
    "another format": set_header("format", "staircase-counts-0"),
    "no source": set_header("source", None),
    "another source": set_header("source", {"documents": 1}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_tampered_file(saved: Path, change) -> None:
    table = pq.read_table(saved)
    columns, header = table.to_pydict(), json.loads(table.schema.metadata[b"staircase"])
    change(columns, header)
    tampered = pa.table(columns).replace_schema_metadata({"staircase": json.dumps(header)})
    pq.write_table(tampered, saved)
    with pytest.raises(InputError, match=r"counts\.parquet") as caught:
        load_counts(saved)
    assert len(str(caught.value).splitlines()) == 1


def test_an_untampered_rewrite_is_read(counts: Cooccurrence, saved: Path) -> None:
    """The test above fails for its changes, not for being rewritten."""
    pq.write_table(pq.read_table(saved), saved)
    assert_same(load_counts(saved), counts)


def test_a_failed_save_leaves_everything_as_it_was(
    counts: Cooccurrence, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = saved.read_bytes()

    def full_disk(table, where, **options) -> None:
        Path(where).write_bytes(b"half a fi")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full_disk)
    with pytest.raises(InputError, match="No space left on device"):
        save_counts(counts.head(5), saved)
    assert [path.name for path in saved.parent.iterdir()] == ["counts.parquet"]
    assert saved.read_bytes() == before


def test_saving_where_it_is_impossible(counts: Cooccurrence, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "absent" / "counts.parquet", tmp_path / "folder"):
        with pytest.raises(InputError, match=path.name):
            save_counts(counts, path)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


# The bundled file


def test_bundled_file_is_the_one_described() -> None:
    path = ASSETS / "wikipedia-5k.parquet"
    recorded = dict(reversed(line.split()) for line in (ASSETS / "SHA256SUMS").read_text().splitlines())
    assert hashlib.sha256(path.read_bytes()).hexdigest() == recorded[path.name]
    assert path.stat().st_size <= 20e6
    bundled = load_statistics("wikipedia", 5_000)
    assert bundled.vocab_size == 5_000
    assert (bundled.source.tokens, bundled.source.documents) == (79_552_659, 57_128)
    assert bundled.source.window == 16
    assert bundled.total_weight == 17_762_635_504
    assert bundled.words[:3] == ("the", "of", "and")
    order = sorted(zip((-bundled.unigram).tolist(), bundled.words, strict=True))
    assert tuple(word for _, word in order) == bundled.words
    assert bundled.unigram.sum() == bundled.source.kept_tokens


def test_statistics_by_name_or_path(counts: Cooccurrence, saved: Path) -> None:
    assert load_statistics("wikipedia").vocab_size == 2_000
    assert_same(load_statistics(str(saved)), counts)
    assert_same(load_statistics(str(saved), 5), counts.head(5))


def test_a_flipped_bit_never_gives_other_counts(tmp_path: Path, counts: Cooccurrence) -> None:
    path = tmp_path / "counts.parquet"
    save_counts(counts, path)
    data, noticed = bytearray(path.read_bytes()), 0
    for place in range(10, len(data) // 2, max(1, len(data) // 40)):
        flipped = data.copy()
        flipped[place] ^= 1
        path.write_bytes(flipped)
        try:
            loaded = load_counts(path)
        except InputError:
            noticed += 1
        else:  # a place that carries nothing, such as statistics of a page
            assert (loaded.lower != counts.lower).nnz == 0
    assert noticed > 5
