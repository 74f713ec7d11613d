# The look of all figures: large quiet type, Okabe and Ito's colours, no clutter.
set encoding utf8
