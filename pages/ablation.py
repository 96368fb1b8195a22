"""Ablation: which of the two simplifications makes the steps."""

from core.ui import ablation, chrome
from core.ui.prose import Prose

SAY = Prose("ablation")

chrome.head(*SAY.head())
chrome.panel(SAY("switches"), "simulation")
ablation.switchboard()
chrome.maths(
    r"\mathcal L = \sum_{ij} \Psi^+_{ij}P_{ij}\,\ell(x_{ij}) + \Psi^-_{ij}P_iP_j\,\ell(-x_{ij}), \qquad"
    r"\ell = \ln(1+e^{-x}) \;\text{or}\; -x + \tfrac14 x^2"
)
chrome.glossary()
