"""Groups of customers side by side: what they say, whether they stay, what they bring and what they cost.

Only `query` reaches the database; everything else takes frames or arrays.
"""
