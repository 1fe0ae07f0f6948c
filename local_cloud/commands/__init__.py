"""One module per command, with HELP, add_arguments(parser) and run(arguments, cloud)."""
