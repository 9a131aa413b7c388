"""What surrounds the runs: when they are started, and what tells others of them."""
