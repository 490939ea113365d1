"""What runs in the environment of the programs of others; `test_programs.py` starts it."""
