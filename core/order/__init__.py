"""In which order lists of words, and of pairs, become resolvable: at which rank, and at which predicted time.

A model that is stopped early knows its first concepts only (the paper: stopping at t is truncating the rank). So what
it can do is what V_d Lambda_d^(1/2) can do, and of that two things are asked as d grows:

together   (words) of the n - 1 words nearest to a word of the list, the share that is of the list too. From 0 to 1.
apart      (words) two words of the list, and a vector of one of them: is it told which? The vector is held against
           the finished ones of both, by cosine; finished is the largest rank there is. From 0.5, guessing, to 1.
direction  (pairs) whether the differences b - a point one way: SNR of the task vectors (``core.linear``). From 1.
analogies  (pairs) the share of crossed analogies answered right (``core.evaluation``). From 0 to 1.

A list arrives at the smallest rank from which on a score stays at halfway or above, between the number at which it
begins and its best, and above what chance exceeds once in 20. Halfway to its own best, since a list that leaves out
members (some countries, not all) can never be perfect. SNR falls again as later concepts add what pairs do not share,
so it need stay there up to its best only. Chance are lists of as many random words of similar frequency; the same
words paired at random; and for *apart* guessing.
"""

from core.order.chance import NULLS
from core.order.curves import Curve, Leaning, arrival, halfway, leanings, order_of_pairs, order_of_words, rank_ladder
from core.order.scores import ANALOGIES, APART, BEGINS, DIRECTION, LEAST_PAIRS, LEAST_WORDS, TOGETHER
from core.order.times import predicted_times, start_squares, stopped

__all__ = [
    "ANALOGIES",
    "APART",
    "BEGINS",
    "DIRECTION",
    "LEAST_PAIRS",
    "LEAST_WORDS",
    "NULLS",
    "TOGETHER",
    "Curve",
    "Leaning",
    "arrival",
    "halfway",
    "leanings",
    "order_of_pairs",
    "order_of_words",
    "predicted_times",
    "rank_ladder",
    "start_squares",
    "stopped",
]
