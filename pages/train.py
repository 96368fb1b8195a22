"""Train live: the prediction first, then a run that lands on it."""

import streamlit as st

from core.ui import chrome, controls, live
from core.ui.lab import lab

chrome.head(
    "Word2vec learns one concept at a time, and we know which, and when",
    "Dotted: predicted from the corpus before training. Solid: the model you are training. "
    "Each step of the loss is one new direction in the cloud.",
    "this is word2vec's idealised sister, and the two charts share a clock, not a scale.",
    "The quartic loss with tied weights under Setting 3.1, full batch. A singular value is a level and the loss a sum: "
    "do not compare their heights. The prediction for a step size settles up to dt·λ₁/8 too high (1.2 % at 0.1), where "
    "gradient descent itself settles exactly.",
)
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    known = lab(controls.run_spec())
    live.controls(known, controls.pace())

chrome.maths(
    r"\tau_k = \frac{1}{\lambda_k}\ln\frac{\lambda_k}{s_k^2(0)}, \qquad "
    r"s_k^2(t) = \frac{s_k^2(0)\,e^{\lambda_k t}}{1 + \frac{s_k^2(0)}{\lambda_k}(e^{\lambda_k t} - 1)}, \qquad "
    r"\frac{dW}{dt} = \tfrac12\,(M^\star - WW^\top)\,W",
)
live.view(known)

st.markdown(
    "**The bar on each card** is the silent-alignment meter: how much of the model's top k directions already "
    "lies along the predicted concepts 1 to k. Watch it fill while the loss is still flat: the model finds the "
    "direction long before the step shows. **Before training** all directions are equally tiny, so the "
    "effective rank begins near d, falls towards 1 as the first concept takes over, and climbs from there."
)
