import argparse
import os
import pathlib

import joblib
import pandas as pd
from model import forest_of

parser = argparse.ArgumentParser()
parser.add_argument("--trees", type=int)
parser.add_argument("--share", type=float)
parser.add_argument("--name")
parser.add_argument("--model-dir", default=os.environ["SM_MODEL_DIR"])
parser.add_argument("--train", default=os.environ["SM_CHANNEL_TRAIN"])
arguments = parser.parse_args()
assert arguments.name == "a forest"
rows = pd.read_csv(pathlib.Path(arguments.train, "rows.csv"), header=None)
forest = forest_of(arguments).fit(rows[[1]], rows[0])
print(f"mae={abs(forest.predict(rows[[1]]) - rows[0]).mean()}")
joblib.dump(forest, pathlib.Path(arguments.model_dir, "model.joblib"))
