"""What is valid Go, exactly as Go's own parser sees it: for the files where the fast parser alone cannot be trusted."""
