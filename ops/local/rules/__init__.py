"""What AWS refuses, as the local cloud judges it: pure functions over a described state.

A module has one subject and names the AWS pages that it follows. None of them knows the emulator.
"""
