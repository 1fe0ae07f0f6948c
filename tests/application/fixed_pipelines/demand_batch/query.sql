SELECT id, size FROM demand_wanted
