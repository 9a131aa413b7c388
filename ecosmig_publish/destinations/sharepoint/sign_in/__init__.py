"""Tokens from Entra: by certificate, by workload identity, by managed identity. Never by a client secret."""

from ecosmig_publish.destinations.sharepoint.sign_in.applications import entra_tokens
from ecosmig_publish.destinations.sharepoint.sign_in.identity import Identity
from ecosmig_publish.destinations.sharepoint.sign_in.roles import roles_in
from ecosmig_publish.destinations.sharepoint.sign_in.tokens import Tokens

__all__ = ["Identity", "Tokens", "entra_tokens", "roles_in"]
