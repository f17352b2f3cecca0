"""The core: sources, drafts, proposals and the one engine that applies them. Imports no other room."""
