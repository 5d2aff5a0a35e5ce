"""The journey: what customers say and live through at each touchpoint, what they expected, and who serves them."""
