"""SimulatePrincipalPolicy of IAM: returns the actions that the policies of a role allow."""
