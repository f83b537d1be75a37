"""What can be chosen: layers, an optimizer, a schedule, a metric and a data set."""
