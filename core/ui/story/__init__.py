"""The chapters of the Story: a question, a control, a reveal, and one line on what was seen."""
