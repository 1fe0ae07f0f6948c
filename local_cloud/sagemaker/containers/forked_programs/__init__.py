"""A process that has loaded the packages of the images, and is forked for programs of containers.

To import scikit-learn takes longer than most jobs on a laptop take.
"""
