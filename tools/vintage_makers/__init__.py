"""One small module per publisher: its files in, compact vintages out. See ``sources/vintages/README.md``."""
