"""What is saved: graph, data set, training recipe."""
