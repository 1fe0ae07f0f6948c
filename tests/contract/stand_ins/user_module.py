"""The toolkit's Flask application with the functions of a user's module, as in both images.

XGBoost's own default functions are not here: only those of scikit-learn's image call the toolkit.
"""

import numpy as np
from sagemaker_containers.beta.framework import content_types, encoders, env, transformer, worker


def input_fn(body, content_type):
    """The default function of the scikit-learn image."""
    array = encoders.decode(body, content_type)
    return array.astype(np.float32) if content_type in content_types.UTF8_TYPES else array


def output_fn(prediction, accept):
    """The default function of both images."""
    return worker.Response(encoders.encode(prediction, accept), mimetype=accept)


DEFAULTS = {
    "input_fn": input_fn,
    "predict_fn": lambda data, model: model.predict(data),
    "output_fn": output_fn,
}


def worker_of(module, *, execution_parameters=False):
    """Create the toolkit's application, which loads the model immediately."""
    names = ("input_fn", "predict_fn", "output_fn", "transform_fn")
    given = {name: getattr(module, name) for name in names if hasattr(module, name)}
    defaults = {} if "transform_fn" in given else DEFAULTS
    hosted = transformer.Transformer(model_fn=module.model_fn, **{**defaults, **given})
    hosted.initialize()
    more = {}
    if execution_parameters:
        more["execution_parameters_fn"] = getattr(module, "execution_parameters_fn", None)
    return worker.Worker(
        transform_fn=hosted.transform, module_name=env.ServingEnv().module_name, **more
    )
