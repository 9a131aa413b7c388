"""The chain of acts and what is kept of it outside the machine: to anchor it, and to check it by that."""
