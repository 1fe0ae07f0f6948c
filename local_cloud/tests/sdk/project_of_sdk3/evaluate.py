import json
import pathlib
import tarfile

import joblib
import pandas as pd

with tarfile.open("/opt/ml/processing/model/model.tar.gz") as archive:
    archive.extractall("/tmp/model")
model = joblib.load("/tmp/model/model.joblib")
rows = pd.read_csv("/opt/ml/processing/test/rows.csv")
error = abs(model.predict(rows[["x"]]) - rows["y"]).mean()
report = {"metrics": {"mae": {"value": float(error)}}}
pathlib.Path("/opt/ml/processing/report/report.json").write_text(json.dumps(report))
