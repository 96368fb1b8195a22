"""Names of statistics: short enough for an address, and complete: the same name gives the same counts.

``wikipedia`` and a path stand for counts that are there already. ``lee``, ``text8``, ``20newsgroups`` and ``planted``
are texts, which are counted when they are asked for; what differs from the defaults follows as in an address:
``lee?window=5&min-count=3``, ``planted?concepts=3&strength=0.5``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from core.corpus import CorpusSpec
from core.counting import TextSpec
from core.counts import CountSpec
from core.errors import InputError
from core.lexicon import WordSpec
from core.planted import PlantedSpec
from core.reading import Reading

PLANTED = "planted"
SEPARATORS = {"line": "\n", "blank-line": "\n\n", "file": ""}
_YES = {"yes": True, "no": False}


@dataclass(frozen=True)
class Recipe:
    """A text by name, how it is read and counted, and what is planted in it if it is made here."""

    source: str
    text: TextSpec = field(default_factory=TextSpec)
    planted: PlantedSpec = field(default_factory=PlantedSpec)

    @property
    def name(self) -> str:
        """The shortest name that gives this recipe."""
        knobs = {key: value for key, value in _knobs(self).items() if value != _knobs(Recipe(self.source))[key]}
        return self.source + ("?" + urlencode(knobs, quote_via=quote) if knobs else "")


def recipe(name: str) -> Recipe:
    """What a name stands for.

    Raises
    ------
    InputError
        A knob is unknown, or its value is none that it can have.
    """
    source, _, query = name.partition("?")
    plain = Recipe(source)
    given = dict(parse_qsl(query, keep_blank_values=True))
    known = _knobs(plain)
    strange = next((key for key in given if key not in known), None)
    if strange is not None:
        raise InputError(f"{source} has no setting {strange!r}; there are: {', '.join(known)}")
    return _built(source, known | given)


def _knobs(one: Recipe) -> dict[str, str]:
    """Everything that can be set, as it stands in a name."""
    text, corpus, words = one.text, one.text.corpus, one.text.corpus.words
    separators = {value: key for key, value in SEPARATORS.items()}
    knobs = {
        "words": str(corpus.vocab_size),
        "window": str(text.count.window),
        "min-count": str(corpus.min_count),
        "min-tokens": str(corpus.min_tokens),
        "stop-words": "yes" if corpus.stop_words else "no",
        "letters": words.letters,
        "lower": "yes" if words.lower else "no",
        "separator": separators.get(text.reading.separator, text.reading.separator),
    }
    if one.source != PLANTED:
        return knobs
    planted = {key.replace("_", "-"): _told(value) for key, value in asdict(one.planted).items()}
    return knobs | planted


def _told(value: Any) -> str:
    """Floats with all their digits, so that the same number is read."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value).removesuffix(".0")


def _built(source: str, knobs: dict[str, str]) -> Recipe:
    def read(key: str, convert: Callable[[str], Any]) -> Any:
        try:
            return convert(knobs[key])
        except (ValueError, KeyError) as error:
            raise InputError(f"{source}: {key} cannot be {knobs[key]!r}") from error

    words = WordSpec(knobs["letters"], read("lower", _YES.__getitem__))
    corpus = CorpusSpec(
        read("words", int), read("min-count", int), read("min-tokens", int), read("stop-words", _YES.__getitem__), words
    )
    separator = SEPARATORS.get(knobs["separator"], knobs["separator"])
    text = TextSpec(Reading(separator), corpus, CountSpec(read("window", int)))
    if source != PLANTED:
        return Recipe(source, text)
    kinds: dict[type, Callable[[str], Any]] = {bool: _YES.__getitem__, int: int, float: float}
    values = {key: read(key.replace("_", "-"), kinds[type(value)]) for key, value in asdict(PlantedSpec()).items()}
    return Recipe(source, text, replace(PlantedSpec(), **values))
