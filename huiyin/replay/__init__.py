"""What the clock would have done: answered letters of the past lived again at their own times.

The policy of the replay: each letter is forwarded to the unit that claims it, and accepted, at the
moment of its receipt; it is answered when it was answered. In between the sweep runs at each time
for which it has planned something, as a worker would have.
"""
