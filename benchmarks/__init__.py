"""Measured paths, each beside its floor or peer: `python -m benchmarks [NAME…]`, read with benchmarks/README.md."""
