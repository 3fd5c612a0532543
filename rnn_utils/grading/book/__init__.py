"""The gradebook and what is made from it: records, feedback pages, the class report."""
