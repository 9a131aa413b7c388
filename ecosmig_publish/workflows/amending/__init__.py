"""To amend what was issued: send an issue again, correct it, take it back. What was published is never overwritten."""
