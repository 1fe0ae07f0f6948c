"""The CloudFormation resource types of the laptop cloud: a file per service, a class per type."""
