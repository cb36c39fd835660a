"""Tables, sentences, figures and pages for people."""
