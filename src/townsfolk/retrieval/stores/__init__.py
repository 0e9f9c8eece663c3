"""Where vectors are kept and searched: Qdrant in this process, on a server, or on its edge."""
