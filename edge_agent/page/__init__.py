"""The commissioning page of a running agent: from terminals to the first stored reading."""
