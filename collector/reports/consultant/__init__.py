"""The consultant pack: what a plant uses, what it could save, and what every figure stands on."""
