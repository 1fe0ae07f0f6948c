-- Tables of another team, which the fixed pipelines read.
CREATE TABLE demand (size INTEGER NOT NULL, sold INTEGER NOT NULL);
CREATE TABLE demand_wanted (id INTEGER NOT NULL, size INTEGER NOT NULL);
