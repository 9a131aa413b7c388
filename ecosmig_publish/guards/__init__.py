"""What stands between a finished slot and its publication: the leak guard and the big-change brake."""
