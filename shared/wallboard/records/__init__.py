"""Record reports: the rows of vendors as they deliver them. One file per vendor, which declares `RECORDS`."""
