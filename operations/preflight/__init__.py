"""The command `preflight`: would a deployment of an environment succeed in this account?

It only reads. What the environment needs comes from its synthesised templates (`assembly.py`). A
module of `checks/` is one check; it is found automatically.
"""
