"""The Kubernetes operator of Microbus: planes, apps, and the credentials between them."""
