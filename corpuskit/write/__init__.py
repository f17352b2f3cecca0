"""What a run leaves behind: records, ledger lines, their files, the manifest, and the proof that they are whole."""
