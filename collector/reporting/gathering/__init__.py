"""Reads and computes what each report needs: between the store and the pure reports."""
