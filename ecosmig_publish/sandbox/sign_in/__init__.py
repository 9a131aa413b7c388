"""The token endpoint: discovery, signed assertions, access tokens, and how Entra refuses."""
