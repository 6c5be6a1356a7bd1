"""Monitor what governments promised on migration."""

__version__ = "0.1.0"
