-- The columns of a scored row that are outside the training rows of its model, separated by spaces;
-- empty for none, and for a model of an earlier release, which does not know its training rows.

ALTER TABLE tickit_predictions ADD COLUMN outside_training VARCHAR(256);
