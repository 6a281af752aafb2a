"""The columns of a table on the Data page, part by part."""
