"""What a person does with mouse or keyboard, one file a gesture; Esc cancels any of them."""
