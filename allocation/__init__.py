"""The allocation engine: a problem in, a plan out, proved; no files, no clock, no web."""
