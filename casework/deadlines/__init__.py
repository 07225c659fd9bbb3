"""The legal calendar, deadlines and their reminders."""
