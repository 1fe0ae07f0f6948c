"""Runs the pipeline of a template on this machine: CodePipeline's stages and CodeBuild's builds."""
