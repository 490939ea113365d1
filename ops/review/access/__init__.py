"""Who may do what on what: grants and denials of a version, and which of them are more."""
