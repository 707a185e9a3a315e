"""Problems on pages: handed over from a red cell, noted, reported rectified, verified and closed, reopened."""
