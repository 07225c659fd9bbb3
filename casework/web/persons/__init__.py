"""The pages of persons: appointments, absence, handing over, what is kept about them."""
