"""Export: trained networks as other programs and chips take them."""
