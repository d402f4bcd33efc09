"""The demand guard: sees a half hour's mean power coming, and tells who is to act."""
