"""The file of counts against everything that can go wrong, in one row group and in many."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import core.countfile
from core.countfile import load_counts, save_counts
from core.counts import Cooccurrence
from core.errors import InputError
from core.sources import ASSETS


def dense(counts: Cooccurrence) -> np.ndarray:
    """The whole symmetrised matrix, from its lower triangle."""
    lower = counts.lower.toarray()
    return lower + np.tril(lower, -1).T


def assert_same(one: Cooccurrence, other: Cooccurrence) -> None:
    assert one.words == other.words
    assert one.unigram.tolist() == other.unigram.tolist()
    assert one.source == other.source
    assert (dense(one) == dense(other)).all()


@pytest.fixture(params=[1 << 20, 7], ids=["one group", "groups of 7"])
def group(request, monkeypatch: pytest.MonkeyPatch) -> int:
    """Pairs in a row group, and pairs that are read at a time."""
    monkeypatch.setattr(core.countfile, "GROUP_PAIRS", request.param)
    return request.param


@pytest.fixture
def saved(counts: Cooccurrence, tmp_path: Path, group: int) -> Path:
    path = tmp_path / "counts.parquet"
    save_counts(counts, path)
    return path


def test_a_file_gives_the_counts_back(counts: Cooccurrence, saved: Path) -> None:
    assert_same(load_counts(saved), counts)
    assert [path.name for path in saved.parent.iterdir()] == ["counts.parquet"]


def test_the_file_has_groups_of_the_size_asked_for(counts: Cooccurrence, saved: Path, group: int) -> None:
    file = pq.ParquetFile(saved)
    sizes = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
    assert sum(sizes) == counts.lower.nnz
    assert all(size == group for size in sizes[:-1])
    assert len(sizes) > 5 or group > 7


@pytest.mark.parametrize("at_once", [1, 5, 64])
def test_groups_of_a_file_may_have_any_size(
    counts: Cooccurrence, saved: Path, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read as others than those that were written."""
    monkeypatch.setattr(core.countfile, "GROUP_PAIRS", at_once)
    assert_same(load_counts(saved), counts)
    assert_same(load_counts(saved, 9), counts.head(9))


def test_what_is_read_is_read_only_and_as_small_as_it_says(saved: Path) -> None:
    for size in (None, 9):
        lower = load_counts(saved, size).lower
        assert (lower.data.dtype, lower.indices.dtype) == (np.int64, np.int32)
        for array in (lower.data, lower.indices, lower.indptr):
            assert array.base is None or array.base.nbytes == array.nbytes
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0


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


def swap_across_groups(columns: dict, header: dict) -> None:
    for values in columns.values():
        values[6], values[7] = values[7], values[6]


def repeat_across_groups(columns: dict, header: dict) -> None:
    for values in columns.values():
        values[7] = values[6]


CHANGES = {
    "zero weight": set_cell("weight", 3, 0),
    "negative weight": set_cell("weight", 3, -7),
    "missing weight": set_cell("weight", 3, None),
    "upper triangle": set_cell("j", 0, 5),
    "row beyond the words": set_cell("i", -1, 14),
    "negative column": set_cell("j", 2, -1),
    "rows out of order": swap_rows,
    "repeated row": repeat_row,
    "pairs out of order between groups": swap_across_groups,
    "a pair twice, in two groups": repeat_across_groups,
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
def test_a_tampered_file(saved: Path, group: int, change) -> None:
    table = pq.read_table(saved)
    columns, header = table.to_pydict(), json.loads(table.schema.metadata[b"staircase"])
    change(columns, header)
    tampered = pa.table(columns).replace_schema_metadata({"staircase": json.dumps(header)})
    pq.write_table(tampered, saved, row_group_size=group)
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

    def full_disk(writer, table) -> None:
        assert len(list(saved.parent.iterdir())) == 2, "a file beside it is open"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full_disk)
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


def test_the_end_of_the_file_is_left_alone_where_it_is_not_needed(
    counts: Cooccurrence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.countfile, "GROUP_PAIRS", 7)
    path = tmp_path / "counts.parquet"
    save_counts(counts, path)
    footer = pq.ParquetFile(path).metadata
    last = footer.row_group(footer.num_row_groups - 1).column(2)
    data = bytearray(path.read_bytes())
    data[last.data_page_offset + last.total_compressed_size - 3] ^= 1
    path.write_bytes(data)
    assert_same(load_counts(path, 9), counts.head(9))
    with pytest.raises(InputError, match=r"counts\.parquet"):
        load_counts(path)


def test_bytes_are_those_of_the_whole_table_written_at_once(
    counts: Cooccurrence, saved: Path, group: int, level: int = 19
) -> None:
    lower, file = counts.lower.tocoo(), io.BytesIO()
    columns = {"i": lower.row.astype("i4"), "j": lower.col.astype("i4"), "weight": lower.data}
    header = {
        "format": "staircase-counts-1",
        "words": counts.words,
        "unigram": counts.unigram.tolist(),
        "source": asdict(counts.source),
    }
    pq.write_table(
        pa.table(columns).replace_schema_metadata({"staircase": json.dumps(header)}),
        file,
        compression="zstd",
        compression_level=level,
        use_dictionary=["i"],
        column_encoding={"j": "DELTA_BINARY_PACKED", "weight": "BYTE_STREAM_SPLIT"},
        row_group_size=group,
        write_page_checksum=True,
    )
    save_counts(counts, saved, level=level)
    assert saved.read_bytes() == file.getvalue()


def test_a_higher_level_is_smaller_and_holds_the_same(wikipedia: Cooccurrence, tmp_path: Path) -> None:
    sizes = []
    for level in (1, 19):
        path = tmp_path / f"{level}.parquet"
        save_counts(wikipedia, path, level=level)
        assert_same(load_counts(path), wikipedia)
        sizes.append(path.stat().st_size)
    assert sizes[1] < 0.99 * sizes[0]


@pytest.mark.parametrize("level", [-1, 0, 23])
def test_an_impossible_level(counts: Cooccurrence, tmp_path: Path, level: int) -> None:
    with pytest.raises(InputError, match=f"level is {level}, and must be from 1 to 22"):
        save_counts(counts, tmp_path / "counts.parquet", level=level)
    assert not list(tmp_path.iterdir())


def test_memory_is_that_of_the_counts_and_some_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two million pairs at 12 bytes; what Arrow holds besides is not seen here."""
    monkeypatch.setattr(core.countfile, "GROUP_PAIRS", 1 << 14)
    path, group = tmp_path / "counts.parquet", 60 * (1 << 14)
    tracemalloc.start()
    try:
        counts = load_counts(ASSETS / "wikipedia-5k.parquet", 2_000)
        words = 2_000_000  # names and numbers of words, and of all 5,000 in the header
        kept, peak = tracemalloc.get_traced_memory()
        pairs = counts.lower.data.nbytes + counts.lower.indices.nbytes
        assert pairs == 12 * counts.lower.nnz > 2e7
        assert peak < pairs + group + words
        tracemalloc.reset_peak()
        save_counts(counts, path)
        assert tracemalloc.get_traced_memory()[1] - kept < group + words
    finally:
        tracemalloc.stop()
    assert (load_counts(path).lower != counts.lower).nnz == 0


# The bundled file


def test_bundled_files_are_those_of_the_list() -> None:
    for line in (ASSETS / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((ASSETS / name).read_bytes()).hexdigest() == digest, name


def test_bundled_file_is_the_one_described() -> None:
    path = ASSETS / "wikipedia-5k.parquet"
    assert path.stat().st_size <= 20e6
    bundled = load_counts(path)
    assert bundled.vocab_size == 5_000
    assert (bundled.source.tokens, bundled.source.documents) == (79_552_659, 57_128)
    assert bundled.source.window == 16
    assert bundled.total_weight == 17_762_635_504
    assert bundled.words[:3] == ("the", "of", "and")
    order = sorted(zip((-bundled.unigram).tolist(), bundled.words, strict=True))
    assert tuple(word for _, word in order) == bundled.words
    assert bundled.unigram.sum() == bundled.source.kept_tokens


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
