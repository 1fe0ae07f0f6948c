"""One module per command, with HELP, EXAMPLES and run(aws, …), which returns the exit code.

The parameters of `run` after `aws` are the arguments and options of the command.
"""
