"""What is said to people, in their language: English in the code, Japanese in ``ja/*.toml``.

``said("unit {unit} gave no answer", unit=3)`` is the English text, and remembers how it was
made, so that ``in_language`` can say it in Japanese later, wherever it has travelled by then.
"""

from edge_agent.words.said import Said, joined, said
from edge_agent.words.speak import Language, in_language, language_of, on_screen

__all__ = ["Language", "Said", "in_language", "joined", "language_of", "on_screen", "said"]
