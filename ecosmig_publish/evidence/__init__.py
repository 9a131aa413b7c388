"""What shows others that everything was delivered: a page to look at, a pack to check."""
