"""Pages of the helper, and the page where a person sees who helped them."""
