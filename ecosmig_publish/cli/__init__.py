"""The command line: thin commands that parse, wire, call one workflow and render."""
