import json
import os
import pathlib

import joblib
import pandas as pd
from helper import columns_of
from sklearn.linear_model import Ridge

parameters = json.loads(os.environ["SM_HPS"])
rows = pd.read_csv(pathlib.Path(os.environ["SM_CHANNEL_TRAIN"], "rows.csv"))
model = Ridge(alpha=parameters["alpha"]).fit(rows[columns_of(parameters)], rows["y"])
joblib.dump(model, pathlib.Path(os.environ["SM_MODEL_DIR"], "model.joblib"))
