"""Calls of Microsoft Graph v1.0: what each costs, how it is sent, what each answer means."""
