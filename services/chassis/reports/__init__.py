"""What reports of every service have in common: periods, tables as CSV and XLSX, the weekly and monthly ones that are kept."""
