SELECT size, sold FROM demand WHERE size >= CAST(:least_size AS INTEGER)
