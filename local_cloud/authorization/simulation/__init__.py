"""SimulatePrincipalPolicy of IAM: which actions the policies of a role allow."""
