"""How far one drive goes, by the numbers of AWS, and from where on several are needed."""
