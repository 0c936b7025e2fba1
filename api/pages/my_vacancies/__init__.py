"""A provider keeps its vacancies true: today's units in one screen, one press to confirm, change one."""
