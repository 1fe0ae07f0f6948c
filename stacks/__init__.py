"""The AWS CDK app: one folder per capability, with its stack, its constructs and its settings."""
