"""Before the summons: the days of a year, one meeting, its calendar, who attests."""
