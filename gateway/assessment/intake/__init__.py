"""Bulk import: referrals from a CSV or Excel file, tried first, then entered, never twice."""
