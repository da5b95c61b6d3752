"""The rules of the trade: pure, standard library only, importable from every other floor."""
