"""Every parser against what nobody would send on purpose; `python -m tests.fuzz --examples 20000` looks deeper."""
