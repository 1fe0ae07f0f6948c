SELECT size, sold FROM demand
