"""To issue: a slot's rows become files, numbers, held rows and a record, all in one transaction."""
