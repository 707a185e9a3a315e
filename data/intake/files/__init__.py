"""Files of any kind, told by their content, to sheets of text; what is odd is noted, what is hostile refused."""
