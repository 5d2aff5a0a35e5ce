"""What the words, questions, tables and columns mean: entries, dictionary and the search over both.

`query` alone reaches the database, and only for the columns that a release has.
"""
