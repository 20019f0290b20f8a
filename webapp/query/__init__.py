"""Reading over HTTP: logs, activity and dead letters of a tenant."""
