"""What must be true of everything stored, whoever wrote it: one file each, run by ``gateway check``."""
