"""Staircase: predict how word2vec learns, then watch it happen.

The modules read as the pipeline of the paper: ``corpus``, ``counts``, ``targets``, ``spectrum``,
``theory`` beside ``training``, ``runs``, ``compare``; ``figures`` draws and ``ui`` shows.
"""
