"""The AWS CDK app: one stack per file, one capability per file in `constructs/`."""
