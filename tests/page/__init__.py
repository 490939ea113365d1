"""The page of a drive in a browser, as people use it."""
