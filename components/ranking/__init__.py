"""The page of rankings (晾晒): boards, who is named, one indicator in all places, the months side by side."""
