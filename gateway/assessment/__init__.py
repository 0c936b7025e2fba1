"""Need, risk and priority: schemes as versioned files; score, band, reasons, override.

``referral`` holds what is known of a case, ``scheme`` what a scheme asks and how it bands, ``assess``
puts the two together, ``referral_csv`` and ``score_file`` do so for a spreadsheet.
"""
