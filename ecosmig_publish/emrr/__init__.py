"""The EMRR's words and rules; pure, standard library only."""
