"""Checks: a Series -> Findings. One file, one check, one lesson."""
