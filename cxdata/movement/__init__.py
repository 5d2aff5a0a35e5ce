"""Why a score moved: other people answering, or the same people scoring differently; and when it really moved.

`decomposition` splits a change between two periods, `watch` finds the months that are more than noise.
"""
