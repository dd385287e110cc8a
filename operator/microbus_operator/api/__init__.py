"""The kinds (Plane, MicrobusApp) as pydantic models; the CRDs are generated from them."""
