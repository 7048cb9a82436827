"""What whoever runs the machine sees and does: logs, readiness, numbers, copies, keys, erasure."""
