"""From an image reference to a digest, to the source tree on disk, to gencreds' report."""
