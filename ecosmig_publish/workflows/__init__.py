"""What the program does, in verbs: plan, issue, publish, verify, onboard. Each starts from the ledger alone."""
