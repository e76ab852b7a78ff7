# English texts of the Hallway app; the fallback for every other language.
# Sentence case, verbs, no blame, no jargon.

app-name = Hallway
