"""Long work: runs, imports and exports that go on after the request is answered, and who does them."""
