"""Answers that were given once and are given again: a request sent twice is done once."""
