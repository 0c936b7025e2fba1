"""Open data: services and vacancies for the public, as Open Referral UK 3.0 has them (docs/open-data.md)."""
