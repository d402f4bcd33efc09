"""Reads from the store what reports, accounts and bills are made of."""
