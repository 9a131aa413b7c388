"""The six reports: one Ibis expression each, and the ideas that they share.

Nothing here knows the ledger or the outbox, and nothing uses a function that one engine alone has. Instants stay
instants: the outbox prints them.
"""
