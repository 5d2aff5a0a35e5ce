"""Statistical models: arrays in, frozen results out.

They know neither a release nor a customer's name, and they penalise nothing except where separation leaves no
other estimate (`firth`). Every capability may use them.
"""
