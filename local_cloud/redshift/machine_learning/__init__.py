"""Redshift ML: CREATE MODEL, its functions, SHOW MODEL and DROP MODEL.

Sources: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_MODEL.html,
r_create_model_use_cases.html, r_create_model_usage_notes.html, r_SHOW_MODEL.html and
r_DROP_MODEL.html. docs/redshift-ml.md lists what differs here.
"""
