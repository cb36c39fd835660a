"""The arithmetic of the model: pure NumPy, no files, no defaults that hide an assumption."""
