"""What a text is made of: its language, sentences, numbers, names, Korean speech level."""
