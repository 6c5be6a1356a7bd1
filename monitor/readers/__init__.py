"""Readers: a publisher's bytes -> rows of observations. One file for each wire format."""
