"""The only importer of kopf: what wakes the operator, and how outcomes become conditions and retries."""
