"""The page `upload` 上传: choose, see, commit, undo."""
