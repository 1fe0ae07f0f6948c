SELECT size FROM demand
