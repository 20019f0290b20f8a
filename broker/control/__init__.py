"""Remote control and events over SNS, with queues deleted with their process."""
