"""Files of others as series: loggers' counters, retailers' 30-minute files, typed-in values."""
