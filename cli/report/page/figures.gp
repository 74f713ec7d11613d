# The look of all figures: large quiet type, Okabe and Ito's colours (vermillion means alarm), no clutter.
set encoding utf8
look = "dynamic enhanced font 'Helvetica,Arial,Liberation Sans,sans-serif,20' background '#ffffff'"
set terminal svg size 960,500 @look

colours = "0072b2 e69f00 009e73 cc79a7 56b4e9 8c8200 7f7f7f"
colour(i) = "#" . word(colours, 1 + i % 7)
faint(i) = "#a0" . word(colours, 1 + i % 7)
ink = "#1b1f24"
quiet = "#59616b"
alarm = "#d55e00"
shade = "#eceef0"

set border 3 linecolor rgb quiet
set tics nomirror out textcolor rgb ink
set grid back linecolor rgb "#e4e7eb" linetype 1 linewidth 1
set key below left Left reverse maxrows 2 samplen 1.5 noenhanced textcolor rgb ink
set xlabel "step" offset 0,0.9
set xtics offset 0,0.5
set tmargin 2.5
set style fill solid noborder
set datafile missing "nan"
