"""Rules as data: accounts and indicator profiles, national targets, carbon costs."""
