"""The operator without a cluster: the objects in a folder, the same core at work on them."""
