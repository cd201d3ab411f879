"""Side-by-side measurements of whole training steps against other libraries, each in a process of its own."""
