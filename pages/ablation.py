"""Ablation: which of the two simplifications makes the steps."""

from core.ui import ablation, chrome

chrome.head(
    "Which simplification makes the steps?",
    "QWEM changes word2vec twice: a quartic loss instead of a logistic one, and equal weights for all pairs "
    "(Setting 3.1). Here are all four combinations from the same start, on one clock.",
    "each model counts time in its own e-foldings, and losses are shares of what each can still learn.",
    "The loss is (L - L_min) / (L_0 - L_min), with L_min where every pair is fitted by itself. Step sharpness "
    "compares the time from 10 % to 90 % of a mode with what its own early growth rate promises: 1 for Lemma 3.1, less "
    "for a step that melts. It is measured on the first five steps.",
)
chrome.panel("Two switches, four runs (the paper's Figure 7)", "simulation")
ablation.switchboard()
chrome.maths(
    r"\mathcal L = \sum_{ij} \Psi^+_{ij}P_{ij}\,\ell(x_{ij}) + \Psi^-_{ij}P_iP_j\,\ell(-x_{ij}), \qquad"
    r"\ell = \ln(1+e^{-x}) \;\text{or}\; -x + \tfrac14 x^2"
)
chrome.glossary()
