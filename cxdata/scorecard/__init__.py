"""The scorecard: where scores stand, how sure that is, and whether they really moved.

`scores` estimates from counts, `histograms` brings the published counts to the estimators and
`comparisons` judges changes and gaps. None of them reads a file or a database.
"""
