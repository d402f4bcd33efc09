"""Figures made ready for boards, alerts and the wall screen, out of the stored totals.

Stands behind ``summarise``: what it writes is noted as stale days, and here each becomes rows
of the measurements in ``storage.figure_schema``. Everything is made from what is stored, so it can
be thrown away and made again. Plain Python: the running collector loads neither numpy nor pandas.
"""
