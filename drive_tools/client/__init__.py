"""The client of a drive: it puts, gets, lists, removes and moves files."""
