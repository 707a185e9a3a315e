"""The plan's duties as living lists: the periods they recur in, their deadlines, and how far each is. Pure."""
