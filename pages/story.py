"""The Story: chapters to predict, try and reveal, one at a time; the place is in the address."""

from core.ui import chrome
from core.ui.lab import CANNED, lab
from core.ui.story import (
    company,
    cover,
    dimensions,
    end,
    limits,
    places,
    prediction,
    stopping,
    table,
    training,
    use,
)  # fmt: skip

CHAPTERS = {
    "Cover": cover,  # the finished run plays by itself
    "Company": company,  # which pairs meet more often than chance?
    "Table": table,  # which contrast would you choose?
    "Prediction": prediction,  # when does the second step come?
    "Training": training,  # will it?
    "Dimensions": dimensions,  # how many numbers does a word have?
    "Stopping": stopping,  # stopped early, or cut?
    "Use": use,  # man : woman :: king : ?
    "Limits": limits,  # break it
    "End": end,
}

known = lab(CANNED)
here = places.here()
places.bar(here)
CHAPTERS[here].show(known)
chrome.glossary()
