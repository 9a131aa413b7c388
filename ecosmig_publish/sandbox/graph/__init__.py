"""Graph v1.0: addresses, answers, refusals."""
