"""Which kind of day it is: public holidays and the plant's own calendar."""
