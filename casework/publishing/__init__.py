"""What is for everybody: §§ and titles that somebody has tried, and what stands in their way."""
