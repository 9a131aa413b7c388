"""A second, plain implementation of the six reports: dictionaries and loops, written from the specification."""
