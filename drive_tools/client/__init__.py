"""The client of a drive: files put, got, listed, removed and moved from a command line."""
