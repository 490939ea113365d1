"""Files on a mounted disk, for all functions. Nothing of AWS is used; the root is an argument."""
