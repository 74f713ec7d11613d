# The error of Prop. 2.1 against the width of the distribution.
set logscale xy
set format "10^{%L}"
set xrange [8e-4:0.6]
set yrange [1e-6:3]
set xlabel "σ"
set ylabel "relative error" offset 1,0
set ytics 1e-6,100,1
plot table using 1:4 with filledcurves y1=1e-6 fillstyle solid 1 linecolor rgb shade title "Monte-Carlo error", \
     table using 1:2 with linespoints linewidth 3 pointtype 7 linecolor rgb colour(0) title "σ²GGᵀ", \
     table using 1:3 with linespoints linewidth 3 pointtype 7 linecolor rgb colour(1) title "with the second order"
