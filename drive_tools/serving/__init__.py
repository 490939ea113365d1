"""A drive on this machine's loopback, for browsers and programs that cannot sign."""
