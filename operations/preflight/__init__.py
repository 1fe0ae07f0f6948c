"""The command `preflight`: checks whether a deployment would succeed in this account.

The command only reads. It takes the needs of the environment from the synthesised templates
(`assembly.py`). Each module of `checks/` is one check; it is found automatically.
"""
