"""Figures, measured side by side in one run; nothing here is a test."""

# What timed_emulator.py writes, in the folder of its local cloud.
JUDGING_FILE = "judging"
