"""Small exports written out in full, clean and dirty, for the tests of the refresh."""
