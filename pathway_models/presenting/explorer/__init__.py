"""The explorer: levers as sliders, the fan and the peak years as a picture that follows them."""
