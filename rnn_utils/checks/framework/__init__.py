"""What every exercise is judged by: the record, its cases, the judge, what is said."""
