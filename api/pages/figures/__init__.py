"""Figures for those who commission: pictures, the same numbers in tables, and the tables as files."""
