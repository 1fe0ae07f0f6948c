-- A table in the schema of the environment.
CREATE TABLE redline.notes (size INTEGER NOT NULL, note VARCHAR(20));
