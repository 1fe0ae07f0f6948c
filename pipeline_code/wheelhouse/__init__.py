"""Wheelhouses: the packages of a pipeline's requirements.txt, as wheels for the image of its jobs.

`python -m pipeline_code wheels NAME` writes `wheels.lock` next to requirements.txt and fetches the
wheels. The synthesis packs them without a network; jobs unpack them (runtime/wheels.py).
"""
