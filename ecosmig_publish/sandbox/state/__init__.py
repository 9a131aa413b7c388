"""What the stand-in holds, on disk: a tenant, its people, applications, libraries, items and grants."""
