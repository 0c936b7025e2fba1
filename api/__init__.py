"""Every door to the gateway: today the command line and the pages it writes."""
