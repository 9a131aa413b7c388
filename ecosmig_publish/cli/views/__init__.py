"""What each command shows: wire, call one workflow, render. Imported only when its command runs."""
