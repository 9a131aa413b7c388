"""Back from lost or old state: recovering, seeding, and whether the ledger is behind."""
