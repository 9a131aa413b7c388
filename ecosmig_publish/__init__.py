"""ECoS Migration reports: issued, published, verified, provable."""
