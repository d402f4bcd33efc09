"""Series out of the store, as others read them: CSV, Parquet, the retailers' 30-minute file."""
