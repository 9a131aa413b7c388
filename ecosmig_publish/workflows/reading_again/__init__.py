"""To read again: every published file's bytes in turn, the least recently read first, some at each run."""
