"""Fixed forms by example: pages laid over a blank form, and what is read in its zones."""
