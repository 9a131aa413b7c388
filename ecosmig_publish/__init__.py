"""ECoS Migration reports: issued, published, verified, provable."""

__version__ = "0.1.0"
