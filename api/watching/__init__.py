"""What is told of the gateway while it runs, and never of anybody in it: logs, figures, traces, readiness."""
