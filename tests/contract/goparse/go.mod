module goparse

go 1.25.0
