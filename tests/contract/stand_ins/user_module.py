"""The toolkit's Flask application over the functions of a user's module, as both images build it.

Only what the tests' modules define is here: the images have defaults for absent functions.
"""

from sagemaker_containers.beta.framework import env, transformer, worker


def worker_of(module, *, execution_parameters=False):
    """The toolkit's application; it loads the model now."""
    names = ("model_fn", "input_fn", "predict_fn", "output_fn", "transform_fn")
    given = {name: getattr(module, name) for name in names if hasattr(module, name)}
    hosted = transformer.Transformer(**given)
    hosted.initialize()
    more = {}
    if execution_parameters:
        more["execution_parameters_fn"] = getattr(module, "execution_parameters_fn", None)
    return worker.Worker(
        transform_fn=hosted.transform, module_name=env.ServingEnv().module_name, **more
    )
