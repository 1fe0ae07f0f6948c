"""The laptop cloud: moto's server with what moto lacks, so that a deployed app runs whole."""
