"""What holds for every stage, checked on its templates at each synth.

An invariant is a function: its docstring is the promise, and it yields what breaks it.
"""
