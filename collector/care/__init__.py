"""Remote care, the collector's side: questions to agents and settings pushed to them.

Commands write what they want into the state file; the running collector sends it and notes what
came of it. So a question needs no second connection and no open door, and nothing is asked that is
not in the record.
"""
