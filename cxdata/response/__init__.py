"""Who answers: response rates, whom the answers stand for, raked scores, the silent, and how many to ask.

Only `query` reaches the database; everything else takes frames or arrays.
"""
