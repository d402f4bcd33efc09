"""The words of the consultant pack, Japanese and English side by side, a file for each part."""
