"""The CloudFormation types of the laptop cloud: one file per service, one class per type."""
