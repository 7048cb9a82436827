"""What: the procedures (thủ tục hành chính), their dated texts, forms and papers, and how people find them."""
