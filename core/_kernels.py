"""The loops that numpy cannot express: scanning text into word numbers, laying documents, counting pairs.

Compiled by numba on first use, which is why nothing imports this module at its top. Indices are unsigned where
speed matters: numba then leaves out the check for negative ones.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

# What a character is. A mark continues a word and does not begin one.
SEPARATOR, LETTER, MARK, DOCUMENT = 0, 1, 2, 3
# What stands in a stream of word numbers besides them.
END, UNKNOWN = -1, -2

LONGEST_WORD = 1_000  # bytes: a longer run of letters is no word
_PRIME, _MIX = 1099511628211, 0xBF58476D1CE4E5B9


@njit(cache=True, nogil=True)
def spread(slots, keys, size):
    """Both tables, over a larger number of places."""
    wider, wider_keys = np.full(size, -1, np.int32), np.empty(size, np.uint64)
    mask = uint64(size - 1)
    for old in range(len(slots)):
        if slots[old] < 0:
            continue
        slot = keys[old] & mask
        while wider[slot] >= 0:
            slot = (slot + uint64(1)) & mask
        wider[slot], wider_keys[slot] = slots[old], keys[old]
    return wider, wider_keys


@njit(cache=True, nogil=True)
def _width(lead):
    """How many bytes a UTF-8 character has, by its first."""
    if lead < 0x80:
        return uint64(1)
    if lead < 0xE0:
        return uint64(2)
    return uint64(3) if lead < 0xF0 else uint64(4)


@njit(cache=True, nogil=True)
def _kind(text, at, classes):
    """The class of the character that begins here; text is valid UTF-8."""
    lead = text[at]
    if lead < 0x80:
        return classes[lead]
    if len(classes) == 128:
        return np.uint8(SEPARATOR)
    rest = uint64(text[at + uint64(1)] & 0x3F)
    if lead < 0xE0:
        return classes[(uint64(lead & 0x1F) << uint64(6)) | rest]
    rest = (rest << uint64(6)) | uint64(text[at + uint64(2)] & 0x3F)
    if lead < 0xF0:
        return classes[(uint64(lead & 0x0F) << uint64(12)) | rest]
    rest = (rest << uint64(6)) | uint64(text[at + uint64(3)] & 0x3F)
    return classes[(uint64(lead & 0x07) << uint64(18)) | rest]


@njit(cache=True, nogil=True)
def scan(text, at, classes, folded, secret, learn, open_tokens, types, slots, keys, starts, letters, stream):
    """One pass over valid UTF-8 bytes: word numbers, with END after each document that has a word.

    The table of words has open addressing: ``slots`` (a power of two long) holds word numbers or -1, ``keys`` their
    hashes (FNV-1a from a ``secret`` start, so that nobody can choose words that meet); the bytes of word n are
    ``letters[starts[n]:starts[n + 1]]``. With ``learn`` new words are added, and the pass stops before one for which
    there is no room; else they are UNKNOWN. ``folded`` maps each byte to the one it counts as. Arrays are never
    replaced in here: that would cost more than all else; and with the look-up in a function of its own all of it takes
    twice as long.

    Returns (place reached, numbers written to ``stream``, open_tokens, types).
    """
    written, at, size = uint64(0), uint64(at), uint64(len(text))
    one, mask = uint64(1), uint64(len(slots) - 1)
    prime, longest = uint64(_PRIME), uint64(LONGEST_WORD)
    most, room = min(len(slots) // 2, len(starts) - 1), uint64(len(letters))
    while at < size:
        byte = text[at]
        kind = classes[byte] if byte < 0x80 else _kind(text, at, classes)
        if kind != LETTER:
            if kind == DOCUMENT and open_tokens > 0:
                stream[written] = END
                written += one
                open_tokens = 0
            at += one if byte < 0x80 else _width(byte)
            continue
        begin, key = at, secret
        while at < size:
            byte = text[at]
            kind = classes[byte] if byte < 0x80 else _kind(text, at, classes)
            if kind != LETTER and kind != MARK:
                break
            for _ in range(one if byte < 0x80 else _width(byte)):
                key = (key ^ uint64(folded[text[at]])) * prime
                at += one
        length = at - begin
        if length > longest:
            continue
        # A multiplication carries upwards only: fold the high bits down to where the mask looks, twice.
        key = (key ^ (key >> uint64(32))) * uint64(_MIX)
        key ^= key >> uint64(29)
        slot = key & mask
        word = slots[slot]
        while word >= 0:
            start = uint64(starts[word])
            if keys[slot] == key and uint64(starts[word + 1]) - start == length:
                same = True
                for n in range(length):
                    if folded[text[begin + n]] != letters[start + n]:
                        same = False
                        break
                if same:
                    break
            slot = (slot + one) & mask
            word = slots[slot]
        if word < 0 and not learn:
            word = UNKNOWN
        elif word < 0:
            start = uint64(starts[types])
            if types == most or start + length > room:
                return begin, written, open_tokens, types
            for n in range(length):
                letters[start + n] = folded[text[begin + n]]
            word = types
            types += 1
            starts[types] = np.int64(start + length)
            slots[slot], keys[slot] = word, key
        stream[written] = word
        written += one
        open_tokens += 1
    return at, written, open_tokens, types


@njit(cache=True, nogil=True)
def lay(stream, tail, open_tokens, min_tokens, window, laid):
    """Drop unknown words and documents shorter than ``min_tokens``; write the rest to ``laid``, END after each.

    A document may begin before the stream and go on after it: ``tail`` holds what the last call left of it, either
    all its words, when it was still too short, or the ``window`` last, which were laid already.
    Returns (number laid, how many of them were laid before, tail, open_tokens, documents ended, their tokens).
    """
    laid[: len(tail)] = tail
    known = len(tail) if open_tokens >= min_tokens else 0
    begin, written = 0, len(tail)
    documents, tokens = 0, 0
    for word in stream:
        if word == END:
            if open_tokens >= min_tokens:
                laid[written] = END
                written += 1
                documents += 1
                tokens += open_tokens
            else:
                written = begin
            begin, open_tokens = written, 0
        else:
            open_tokens += 1
            if word >= 0:
                laid[written] = word
                written += 1
    if open_tokens >= min_tokens:
        left = laid[max(begin, written - window) : written].copy()
    else:
        left = laid[begin:written].copy()
        written = begin
    return written, known, left, open_tokens, documents, tokens


@njit(cache=True, nogil=True)
def places_of(laid, types):
    """Where each word stands: ``places[starts[w]:starts[w + 1]]`` are the places of word w, in order."""
    starts = np.zeros(types + 1, np.int64)
    for word in laid:
        if word >= 0:
            starts[word + 1] += 1
    for word in range(types):
        starts[word + 1] += starts[word]
    at = starts.copy()
    places = np.empty(starts[-1], np.int32)
    for place in range(len(laid)):
        word = laid[place]
        if word >= 0:
            places[at[word]] = place
            at[word] += 1
    return starts, places


@njit(cache=True, nogil=True)
def _add_around(laid, place, known, window, top, row):
    """Add the weights of a centre's neighbours to a row, those numbered up to ``top``. Pairs of two known places, laid
    before, were counted then."""
    size = len(laid)
    for n in range(max(1, known - place), min(window, size - 1 - place) + 1):
        word = laid[place + n]
        if word < 0:
            break
        if word <= top:
            row[word] += window + 1 - n
    if place < known:
        return
    for n in range(1, min(window, place) + 1):
        word = laid[place - n]
        if word < 0:
            break
        if word <= top:
            row[word] += window + 1 - n


@njit(cache=True, nogil=True)
def count_rows(laid, known, starts, places, window, first, last, base, table):
    """Add the symmetrised pair weights of rows ``first <= i < last`` to the packed lower triangle ``j <= i``.

    ``table`` begins with row ``base``. A row is gathered in a buffer that stays in the cache; a rare word,
    whose neighbours are few, goes to the table at once.
    """
    offset, types = base * (base + 1) // 2, len(starts) - 1
    buffer = np.zeros(types, np.int64)
    for i in range(first, last):
        begin = i * (i + 1) // 2 - offset
        row = table[begin : begin + i + 1]
        if (starts[i + 1] - starts[i]) * 2 * window < i:
            for q in range(starts[i], starts[i + 1]):
                _add_around(laid, places[q], known, window, i, row)
            continue
        for q in range(starts[i], starts[i + 1]):
            _add_around(laid, places[q], known, window, types - 1, buffer)
        for j in range(i + 1):
            row[j] += buffer[j]
        buffer[:] = 0


@njit(cache=True, nogil=True)
def gather(table, first, last):
    """The cells of a packed triangle's rows that are not zero: (lengths of the rows, columns, weights)."""
    lengths = np.zeros(last - first, np.int64)
    cell = 0
    for i in range(first, last):
        for _ in range(i + 1):
            if table[cell] != 0:
                lengths[i - first] += 1
            cell += 1
    columns, weights = np.empty(lengths.sum(), np.int32), np.empty(lengths.sum(), np.int64)
    cell = entry = 0
    for i in range(first, last):
        for j in range(i + 1):
            if table[cell] != 0:
                columns[entry], weights[entry] = j, table[cell]
                entry += 1
            cell += 1
    return lengths, columns, weights


@njit(cache=True, nogil=True)
def scatter(table, first, lengths, columns, weights):
    """Add such rows to a packed triangle."""
    begin = entry = 0
    for i in range(first, first + len(lengths)):
        for _ in range(lengths[i - first]):
            table[begin + columns[entry]] += weights[entry]
            entry += 1
        begin += i + 1
