"""An agency refers somebody, page by page, and sees where its referrals stand."""
