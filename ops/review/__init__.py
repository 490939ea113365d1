"""The review of a change: what may be called, opened, read, lost or billed after it."""
