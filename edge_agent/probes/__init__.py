"""What a disk, a clock, a broker and a service really do, measured; free of anybody's settings.

Both doctors ask here. A probe yields findings; whoever asks says what it needs, and decides what
a fault means for its exit code.
"""
