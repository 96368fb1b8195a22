"""The file of a spectrum: what comes back, how closely, and everything that can go wrong with it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.__main__ import main
from core.countfile import load_counts, save_counts
from core.counts import Cooccurrence
from core.errors import InputError
from core.sources import ASSETS
from core.spectrum import Spectrum, concept, decompose
from core.spectrumfile import KNOWN, PAPER_SCALE, KnownSpectrum, load_spectrum, save_spectrum, spectrum_at
from core.targets import m_star, pmi

RANK = 12


@pytest.fixture(scope="module")
def spectrum(wikipedia: Cooccurrence) -> Spectrum:
    return decompose(m_star(wikipedia), RANK)


@pytest.fixture
def saved(spectrum: Spectrum, wikipedia: Cooccurrence, tmp_path: Path) -> Path:
    path = tmp_path / "top.parquet"
    save_spectrum(path, spectrum, wikipedia)
    return path


@pytest.fixture(scope="module")
def bundled() -> KnownSpectrum:
    return load_spectrum(PAPER_SCALE)


def test_a_file_gives_the_spectrum_back(saved: Path, spectrum: Spectrum, wikipedia: Cooccurrence) -> None:
    known = load_spectrum(saved)
    found = known.spectrum
    assert (found.values == spectrum.values).all()
    assert (found.signs == spectrum.signs).all()
    assert found.total == spectrum.total
    step = np.abs(spectrum.vectors).max(axis=0) / ((1 << 17) - 1)
    assert (np.abs(found.vectors - spectrum.vectors) <= step).all()
    assert np.linalg.norm(found.vectors, axis=0) == pytest.approx(np.ones(RANK), abs=1e-14)
    assert (known.words, known.source, known.target) == (wikipedia.words, wikipedia.source, "mstar")
    assert known.unigram.tolist() == wikipedia.unigram.tolist()
    assert known.index["the"] == wikipedia.index["the"] == 0
    assert (known.vocab_size, len(known.index)) == (300, 300)
    assert [path.name for path in saved.parent.iterdir()] == ["top.parquet"]


def test_what_is_read_are_eigenpairs(saved: Path, wikipedia: Cooccurrence) -> None:
    found = load_spectrum(saved).spectrum
    missed = m_star(wikipedia).astype(np.float64) @ found.vectors - found.vectors * found.values
    assert (np.linalg.norm(missed, axis=0) / found.values).max() < 2e-4
    assert (found.vectors**3).sum(axis=0).min() > 0


def test_embeddings_are_those_of_theorem_1(saved: Path, spectrum: Spectrum) -> None:
    known = load_spectrum(saved)
    for dim in (1, 5, RANK):
        w = known.embeddings(dim)
        assert (w.shape, w.dtype) == ((300, dim), np.float32)
        best = (spectrum.vectors[:, :dim] * spectrum.values[:dim]) @ spectrum.vectors[:, :dim].T
        assert np.abs(w @ w.T - best).max() < 2e-4
    with pytest.raises(ValueError, match="read-only"):
        w[0] = 0
    for dim in (-1, 0, RANK + 1):
        with pytest.raises(InputError, match=f"dimension is {dim}.*1 to the 12 eigenpairs"):
            known.embeddings(dim)


def test_a_direction_that_is_not_learned_has_no_length(plant, wikipedia: Cooccurrence, tmp_path: Path) -> None:
    matrix, _ = plant(np.concatenate([[9.0, 4.0], np.linspace(-1, -5, 298)]))
    save_spectrum(tmp_path / "few.parquet", decompose(matrix.astype(np.float32), 4), wikipedia)
    known = load_spectrum(tmp_path / "few.parquet")
    assert known.spectrum.values == pytest.approx([9, 4, -1, -1 - 4 / 297], rel=1e-5)
    assert np.linalg.norm(known.embeddings(4), axis=0) == pytest.approx([3, 2, 0, 0], rel=1e-5)


def test_fewer_eigenpairs_are_a_part_of_the_file(saved: Path) -> None:
    whole = load_spectrum(saved).spectrum
    for rank in (1, 5, RANK):
        part = load_spectrum(saved, rank).spectrum
        assert part.rank == rank
        assert (part.vectors == whole.vectors[:, :rank]).all()
        assert (part.values == whole.values[:rank]).all()
    for rank in (-1, 0, RANK + 1):
        with pytest.raises(InputError, match=f"rank is {rank}.*1 to the 12 eigenpairs"):
            load_spectrum(saved, rank)


def test_other_targets_and_spectra_by_size(wikipedia: Cooccurrence, tmp_path: Path) -> None:
    path, spectrum = tmp_path / "pmi.parquet", decompose(pmi(wikipedia), 20, by_magnitude=True)
    save_spectrum(path, spectrum, wikipedia, target="pmi")
    known = load_spectrum(path)
    assert known.target == "pmi"
    assert known.spectrum.signs.tolist() == spectrum.signs.tolist()
    assert -1 in known.spectrum.signs


def test_saving_twice_gives_the_same_bytes(saved: Path, spectrum: Spectrum, wikipedia: Cooccurrence) -> None:
    first = saved.read_bytes()
    save_spectrum(saved, spectrum, wikipedia)
    assert saved.read_bytes() == first


def test_what_is_read_is_read_only(saved: Path) -> None:
    known = load_spectrum(saved)
    for array in (known.unigram, known.spectrum.values, known.spectrum.vectors, known.spectrum.signs):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_a_spectrum_of_other_words(spectrum: Spectrum, wikipedia: Cooccurrence, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="spectrum is of 300 words, the counts are of 299"):
        save_spectrum(tmp_path / "other.parquet", spectrum, wikipedia.head(299))
    assert not list(tmp_path.iterdir())


def test_saving_where_it_is_impossible(spectrum: Spectrum, wikipedia: Cooccurrence, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="absent"):
        save_spectrum(tmp_path / "absent" / "top.parquet", spectrum, wikipedia)


def test_spectra_are_known_from_counts(saved: Path, counts: Cooccurrence, tmp_path: Path) -> None:
    other = tmp_path / "counts.parquet"
    save_counts(counts, other)
    assert spectrum_at(str(saved)) == saved
    assert spectrum_at("wikipedia-10k") == PAPER_SCALE
    for name in (str(other), str(tmp_path), str(tmp_path / "absent"), "wikipedia", "planted", "\0"):
        assert spectrum_at(name) is None
    with pytest.raises(InputError, match="not a file of counts"):
        load_counts(saved)
    with pytest.raises(InputError, match="not a file of a spectrum"):
        load_spectrum(other)


def test_the_command_writes_the_file(wikipedia: Cooccurrence, spectrum: Spectrum, tmp_path: Path, capsys) -> None:
    path = tmp_path / "top.parquet"
    arguments = ["spectrum", "wikipedia", "--vocab-size", "300", "--rank", "12", "--out", str(path), "--json"]
    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out)["eigenvalues"] == pytest.approx(spectrum.values)
    known = load_spectrum(path)
    assert known.spectrum.values == pytest.approx(spectrum.values)
    assert (known.words, known.target) == (wikipedia.words, "mstar")
    assert main([*arguments, "--target", "ppmi"]) == 0
    assert load_spectrum(path).target == "ppmi"
    assert main([*arguments[:-2], str(tmp_path / "absent" / "top.parquet")]) == 1
    assert "absent" in capsys.readouterr().err


# Damage


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
def test_a_truncated_file(saved: Path, share: float) -> None:
    data = saved.read_bytes()
    saved.write_bytes(data[: int(share * len(data))])
    assert spectrum_at(str(saved)) is None
    with pytest.raises(InputError, match=r"top\.parquet: not a readable file of a spectrum"):
        load_spectrum(saved)


def test_things_that_are_no_file_of_a_spectrum(tmp_path: Path) -> None:
    foreign, plain = tmp_path / "foreign.parquet", tmp_path / "plain.txt"
    pq.write_table(pa.table({"v1": [1, 0]}), foreign)
    plain.write_text("just a text, long enough to be taken for something\n")
    for path in (foreign, plain, tmp_path, tmp_path / "absent.parquet"):
        with pytest.raises(InputError, match=path.name) as caught:
            load_spectrum(path)
        assert len(str(caught.value).splitlines()) == 1


def test_a_flipped_bit_never_gives_another_spectrum(saved: Path) -> None:
    whole, data, noticed = load_spectrum(saved), saved.read_bytes(), 0
    places = range(5, len(data) - 5, max(1, len(data) // 150))
    for place in places:
        flipped = bytearray(data)
        flipped[place] ^= 1
        saved.write_bytes(flipped)
        try:
            found = load_spectrum(saved)
        except InputError as error:
            assert len(str(error).splitlines()) == 1
            noticed += 1
        else:
            assert (found.spectrum.vectors == whole.spectrum.vectors).all()
            assert (found.spectrum.values == whole.spectrum.values).all()
            assert found.words == whole.words
    assert noticed > len(places) / 2


def rewritten(path: Path, change) -> None:
    """Change a file as someone would who knows how to write one."""
    table = pq.read_table(path)
    columns, header = table.to_pydict(), json.loads(table.schema.metadata[b"staircase"])
    change(columns, header)
    told = json.dumps(header)
    digest = hashlib.sha256(told.encode()).hexdigest()
    pq.write_table(pa.table(columns).replace_schema_metadata({"staircase": told, "digest": digest}), path)


CHANGES = {
    "nothing": lambda columns, header: None,
    "a missing entry": lambda columns, header: columns["v3"].__setitem__(4, None),
    "an empty vector": lambda columns, header: columns.update(v2=[0] * 300),
    "fractions": lambda columns, header: columns.update(v2=[0.5] * 300),
    "a vector too few": lambda columns, header: columns.pop("v12"),
    "vectors out of order": lambda columns, header: columns.update(v1=columns.pop("v1")),
    "a row too few": lambda columns, header: [column.pop() for column in columns.values()],
    "a word too few": lambda columns, header: header["words"].pop(),
    "a word twice": lambda columns, header: header["words"].__setitem__(1, "the"),
    "numbers for words": lambda columns, header: header.update(words=list(range(300))),
    "a word never met": lambda columns, header: header["unigram"].__setitem__(7, 0),
    "eigenvalues out of order": lambda columns, header: header["values"].reverse(),
    "no eigenvalue": lambda columns, header: header["values"].__setitem__(2, float("nan")),
    "a value too few": lambda columns, header: header["values"].pop(),
    "half a sign": lambda columns, header: header["signs"].__setitem__(0, 0.5),
    "a total below the sum": lambda columns, header: header.update(total=sum(v * v for v in header["values"]) / 2),
    "no total": lambda columns, header: header.update(total="all"),
    "no target": lambda columns, header: header.pop("target"),
    "an unknown target": lambda columns, header: header.update(target="bert"),
    "another format": lambda columns, header: header.update(format="staircase-spectrum-0"),
    "another source": lambda columns, header: header.update(source={"documents": 1}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_tampered_file(saved: Path, change: str) -> None:
    before = load_spectrum(saved)
    rewritten(saved, CHANGES[change])
    if change == "nothing":
        assert (load_spectrum(saved).spectrum.vectors == before.spectrum.vectors).all()
        return
    with pytest.raises(InputError, match=r"top\.parquet") as caught:
        load_spectrum(saved)
    assert len(str(caught.value).splitlines()) == 1


# The bundled file


def test_bundled_spectrum_is_the_one_described(bundled: KnownSpectrum) -> None:
    assert PAPER_SCALE.stat().st_size <= 10e6
    assert KNOWN["wikipedia-10k"] == PAPER_SCALE
    assert (bundled.vocab_size, bundled.spectrum.rank, bundled.target) == (10_000, 300, "mstar")
    assert (bundled.source.tokens, bundled.source.documents, bundled.source.window) == (79_552_659, 57_128, 16)
    assert bundled.unigram.sum() == bundled.source.kept_tokens
    assert bundled.spectrum.values[:4] == pytest.approx([2712.55, 1973.45, 1879.56, 1572.41], abs=0.01)


def test_bundled_vectors_are_orthonormal_and_in_order(bundled: KnownSpectrum) -> None:
    spectrum = bundled.spectrum
    gram = spectrum.vectors.T @ spectrum.vectors
    assert np.abs(gram - np.eye(300)).max() < 3e-5
    assert (np.diff(spectrum.values) < 0).all()
    assert (spectrum.vectors**3).sum(axis=0).min() > 0
    first = concept(spectrum, bundled.words, 1)
    assert {"married", "attended", "brother"} & set(first.positive + first.negative)
    assert {"processes", "components", "applications"} & set(first.positive + first.negative)


def test_bundled_spectrum_is_that_of_the_text_of_the_bundled_counts(bundled: KnownSpectrum) -> None:
    """Counts of 5,000 words of the same text: same words, and the corner of M* that rank 300 leaves out is noise."""
    counts = load_counts(ASSETS / "wikipedia-5k.parquet", 1_000)
    assert bundled.words[:1_000] == counts.words
    assert bundled.unigram[:1_000].tolist() == counts.unigram.tolist()
    w, corner = bundled.embeddings(300)[:1_000], m_star(counts)
    assert np.corrcoef((w @ w.T).ravel(), corner.ravel())[0, 1] > 0.7
