"""Outputs: a Scorecard -> bytes. One file for each format."""
